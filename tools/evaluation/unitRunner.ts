import { startMethod } from '../../src/core/pruning/registry.ts'
import type { SelectorSession } from '../../src/core/pruning/contract.ts'
import type { PolicyEngine } from '../../src/core/policy/engine.ts'
import type { NodePolicy } from '../../src/runtime/node/nodePolicy.ts'
import { policyContext } from '../../src/runtime/policyContext.ts'
import { DENSE_METHOD } from '../../src/runtime/replay.ts'
import { runRollout } from '../../src/runtime/rollout.ts'
import { createEnvironment, type SimulationEnvironment } from '../../src/simulation/environment.ts'
import { Episode, type StepResult } from '../../src/simulation/rollout.ts'
import { createTask, horizonOf, type SuiteId, type TaskDefinition } from '../../src/simulation/tasks.ts'
import { openWarmPolicy } from '../policy/openModel.ts'
import { AttentionMeasures } from './attentionMeasures.ts'
import { type DenseEpisode, SeeingEnvironment, walkDenseEpisode } from './denseEpisode.ts'
import { QueryMeasures } from './queryMeasures.ts'
import type { AgreementUnit, AttentionUnit, EpisodeUnit, Unit, UnitResult, UnitSettings } from './units.ts'

/** An episode before its first step. */
interface StartedEpisode {
  task: TaskDefinition
  world: SeeingEnvironment
  horizonSteps: number
}

/** Plays units one after another on one policy and one simulator. */
export class UnitRunner {
  readonly policy: NodePolicy
  private readonly environment: SimulationEnvironment
  private readonly settings: UnitSettings
  /** Units come seed by seed, so one dense episode serves all methods. */
  private denseEpisode: { key: string; episode: DenseEpisode } | undefined

  private constructor(settings: UnitSettings, policy: NodePolicy, environment: SimulationEnvironment) {
    this.settings = settings
    this.policy = policy
    this.environment = environment
  }

  /** Loads the model, warms it up, and loads the simulator. */
  static async open(settings: UnitSettings): Promise<UnitRunner> {
    const policy = await openWarmPolicy(settings.modelDirectory, settings.threads, settings.backend)
    return new UnitRunner(settings, policy, await createEnvironment())
  }

  /** The same settings and unit give the same result, times apart. @throws what a selector or engine throws */
  async run(unit: Unit): Promise<UnitResult> {
    const started = performance.now()
    const result = await this.play(unit)
    return { ...result, wallMs: round(performance.now() - started) }
  }

  async dispose(): Promise<void> {
    this.environment.dispose()
    await this.policy.dispose()
  }

  private play(unit: Unit): Promise<UnitResult> {
    switch (unit.kind) {
      case 'episode':
        return this.playEpisode(unit)
      case 'agreement':
        return this.measureAgreement(unit)
      case 'attention':
        return this.measureAttention(unit)
    }
  }

  private async playEpisode({ suite, seed, method, methodKey }: Unit): Promise<EpisodeUnit> {
    const { manifest } = this.policy.files
    const { executeSteps } = this.settings
    const { task, world, horizonSteps } = this.start(suite, seed, false)
    const measures = new QueryMeasures(manifest)
    const rollout = await runRollout<StepResult>({
      environment: world,
      engine: this.engineOf(method.id),
      session: this.sessionOf(method, suite),
      methodId: method.id,
      // The seed, not a running number: which process plays the episode must not matter.
      episode: seed,
      executeSteps,
      horizonSteps,
      onQuery: ({ offPath }, result) => measures.add(result, world.relevance(), offPath),
    })
    const failure = rollout.last?.info.failure
    return {
      kind: 'episode',
      suite,
      seed,
      methodKey,
      wallMs: 0,
      task: task.taskId,
      success: rollout.success,
      ...(failure !== undefined && { failure }),
      steps: rollout.steps,
      replans: rollout.replans,
      latenciesMs: rollout.queries.map((query) => round(query.latencyMs)),
      ...measures.summary(),
    }
  }

  private async measureAgreement({ suite, seed, method, methodKey }: Unit): Promise<AgreementUnit> {
    const dense = await this.playDense(suite, seed)
    const session = this.sessionOf(method, suite)
    const engine = this.engineOf(method.id)
    const { queries, agreement } = await walkDenseEpisode(dense, {
      session,
      episode: seed,
      executeSteps: this.settings.executeSteps,
      methodId: method.id,
      engine,
      dense: this.policy.engines.dense,
    })
    const { steps, l1, translationMm, rotationDeg, gripperAgreement } = agreement
    const identity = { suite, seed, methodKey, wallMs: 0 }
    return { kind: 'agreement', ...identity, queries, steps, l1, translationMm, rotationDeg, gripperAgreement }
  }

  private async measureAttention({ suite, seed, methodKey }: Unit): Promise<AttentionUnit> {
    const { frames, chunks } = await this.playDense(suite, seed)
    const measures = new AttentionMeasures(this.policy.files.manifest.model.layers)
    for (const step of chunks.keys()) {
      measures.add((await this.policy.engines.layered.query(frames[step], { taps: 'all' })).scores)
    }
    return { kind: 'attention', suite, seed, methodKey, wallMs: 0, shares: measures.summary() }
  }

  private async playDense(suite: SuiteId, seed: number): Promise<DenseEpisode> {
    const key = `${suite} ${seed}`
    if (this.denseEpisode?.key === key) return this.denseEpisode.episode
    const { world, horizonSteps } = this.start(suite, seed, true)
    const chunks: DenseEpisode['chunks'] = new Map()
    await runRollout<StepResult>({
      environment: world,
      engine: this.policy.engines.dense,
      session: this.sessionOf({ id: DENSE_METHOD, values: {} }, suite),
      methodId: DENSE_METHOD,
      episode: seed,
      executeSteps: this.settings.executeSteps,
      horizonSteps,
      onQuery: ({ step }, { chunk }) => void chunks.set(step, chunk),
    })
    const episode = { frames: world.frames, actions: world.actions, chunks }
    this.denseEpisode = { key, episode }
    return episode
  }

  private start(suite: SuiteId, seed: number, keepAll: boolean): StartedEpisode {
    const task = createTask(suite, seed)
    const { horizonSteps = horizonOf(suite) } = this.settings
    const episode = new Episode(this.environment, task, horizonSteps)
    return { task, world: new SeeingEnvironment(episode, keepAll), horizonSteps }
  }

  private engineOf(methodId: string): PolicyEngine {
    const { dense, layered } = this.policy.engines
    return methodId === DENSE_METHOD ? dense : layered
  }

  private sessionOf(method: Unit['method'], suite: SuiteId): SelectorSession {
    return startMethod(method, policyContext(this.policy.files, { seed: this.settings.methodSeed, suite }))
  }
}

/** A microsecond is finer than any clock here. */
function round(ms: number): number {
  return Number(ms.toFixed(3))
}
