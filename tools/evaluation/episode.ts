import { type Method, startMethod } from '../../src/core/pruning/registry.ts'
import { visualTokenCount } from '../../src/core/tokens/layout.ts'
import type { NodePolicy } from '../../src/runtime/node/nodePolicy.ts'
import { policyContext } from '../../src/runtime/policyContext.ts'
import { DENSE_METHOD } from '../../src/runtime/replay.ts'
import { runRollout } from '../../src/runtime/rollout.ts'
import { createEnvironment, type SimulationEnvironment } from '../../src/simulation/environment.ts'
import { Episode, type StepResult } from '../../src/simulation/rollout.ts'
import { createTask, horizonOf, type SuiteId, type Wording } from '../../src/simulation/tasks.ts'
import { openWarmPolicy } from '../policy/openModel.ts'

/** What every process of an evaluation needs to know; plain data. */
export interface EvaluationSettings {
  modelDirectory: string
  threads: number
  method: Method
  executeSteps: number
  /** The suites' own where missing. */
  horizonSteps?: number
  /** How the tasks are said. */
  wording: Wording
  /** Seed of the method's own randomness. */
  methodSeed: number
}

/** One closed-loop episode, as it is told to the process that counts. */
export interface EpisodeResult {
  suite: SuiteId
  seed: number
  /** Name of the task within its suite, and whether it was said in a phrasing that training never uses. */
  taskId: string
  heldOut: boolean
  success: boolean
  failure?: string
  /** Goals met, of those that the task has. */
  goalsMet: number
  steps: number
  replans: number
  latenciesMs: number[]
  /** Visual tokens per layer, of each query. */
  tokensPerLayer: number[][]
}

/** Runs episodes one after another on one policy and one simulator. */
export class EpisodeRunner {
  readonly policy: NodePolicy
  private readonly environment: SimulationEnvironment
  private readonly settings: EvaluationSettings

  private constructor(settings: EvaluationSettings, policy: NodePolicy, environment: SimulationEnvironment) {
    this.settings = settings
    this.policy = policy
    this.environment = environment
  }

  /** Loads the model, warms it up, and loads the simulator. */
  static async open(settings: EvaluationSettings): Promise<EpisodeRunner> {
    const policy = await openWarmPolicy(settings.modelDirectory, settings.threads)
    return new EpisodeRunner(settings, policy, await createEnvironment())
  }

  /** One episode. The same settings, suite and seed give the same result, times apart. */
  async run(suite: SuiteId, seed: number): Promise<EpisodeResult> {
    const { method, methodSeed, horizonSteps = horizonOf(suite), executeSteps, wording } = this.settings
    const { engines, files } = this.policy
    const episode = new Episode(this.environment, createTask(suite, seed, wording), horizonSteps)
    const rollout = await runRollout<StepResult>({
      environment: episode,
      engine: method.id === DENSE_METHOD ? engines.dense : engines.layered,
      session: startMethod(method, policyContext(files, { seed: methodSeed, suite })),
      methodId: method.id,
      // The seed, not a running number: which process plays the episode must not matter.
      episode: seed,
      executeSteps,
      horizonSteps,
    })
    const failure = rollout.last?.info.failure
    return {
      suite,
      seed,
      taskId: episode.task.taskId,
      heldOut: episode.task.heldOut,
      goalsMet: rollout.last?.info.goalIndex ?? 0,
      success: rollout.success,
      ...(failure !== undefined && { failure }),
      steps: rollout.steps,
      replans: rollout.replans,
      latenciesMs: rollout.queries.map((query) => query.latencyMs),
      tokensPerLayer: rollout.queries.map((query) => query.tokensPerLayer),
    }
  }

  /** Visual tokens of the unpruned sequence. */
  get visualTokens(): number {
    return visualTokenCount(this.policy.files.manifest.layout)
  }

  async dispose(): Promise<void> {
    this.environment.dispose()
    await this.policy.dispose()
  }
}
