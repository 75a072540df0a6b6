import { queryMacs } from '../../src/core/metrics/macs.ts'
import type { PolicyEngine, QueryResult, StageTimesMs } from '../../src/core/policy/engine.ts'
import { type Method, startMethod } from '../../src/core/pruning/registry.ts'
import { createRandom, shuffled } from '../../src/core/random.ts'
import type { RecordedEpisode } from '../../src/data/episodeSource.ts'
import { runDensePass } from '../../src/runtime/densePass.ts'
import { namingSelector } from '../../src/runtime/engines/survivors.ts'
import { repeatedQuery } from '../../src/runtime/methodQuery.ts'
import type { NodePolicy } from '../../src/runtime/node/nodePolicy.ts'
import { OpenLoopWalk } from '../../src/runtime/openLoopWalk.ts'
import { policyContext } from '../../src/runtime/policyContext.ts'
import { withPreparation } from '../../src/runtime/preparation.ts'

/** `keep-all` is the layered engine without a method, `pruned` the layered and `fused` the fused one with it. */
export type BenchEngine = 'dense' | 'keep-all' | 'pruned' | 'fused'

/** One way to run a policy. */
export interface Contender {
  id: string
  policy: NodePolicy
  engine: BenchEngine
  /** Of `pruned` and `fused`, and the keeper of history for the others (they ignore it). */
  method: Method
}

/** One timed query. */
export interface TimedQuery {
  contender: string
  round: number
  /** Everything between observation and action: the selector's preparation for the query (`beforeQuery`) and the query. */
  latencyMs: number
  stagesMs: StageTimesMs
  /** Visual tokens averaged over layers, as a share of all. */
  budget: number
  /** Multiply-accumulates of the query, from the tokens that took part. */
  macs: number
}

export interface InterleavedOptions {
  contenders: readonly Contender[]
  episode: RecordedEpisode
  executeSteps: number
  rounds: number
  /** Seed of the order within the rounds. */
  seed: number
  onRound?(round: number): void
}

/** Rounds whose times are thrown away: sizes are new and code is still being compiled. */
const WARM_UP_ROUNDS = 4

/**
 * Times the contenders in rounds: each runs one query a round, in an order drawn by seed, so that drifts of clock and load
 * hit all alike. Each walks through the recording by itself; the first query of a walk, at which methods with a memory
 * keep everything, is never timed.
 */
export async function timeInterleaved(options: InterleavedOptions): Promise<TimedQuery[]> {
  const random = createRandom(options.seed)
  const runners = options.contenders.map((contender) => new Runner(contender, options))
  const samples: TimedQuery[] = []
  for (let round = -WARM_UP_ROUNDS; round < options.rounds; round++) {
    for (const runner of shuffled(random, runners)) {
      const result = await runner.next()
      if (round >= 0) samples.push(sampleOf(runner.contender, round, result))
    }
    options.onRound?.(round)
  }
  return samples
}

function sampleOf(contender: Contender, round: number, { latencyMs, stagesMs, layers }: QueryResult): TimedQuery {
  const kept = layers.reduce((sum, layer) => sum + layer.visualTokens, 0)
  const { layout, model } = contender.policy.files.manifest
  const macs = queryMacs({
    visualTokensPerLayer: layers.map((layer) => layer.visualTokens),
    fixedTokens: layout.length - visualTokens(contender),
    shape: model,
    stemMacs: model.stemMacs,
    headMacs: model.headMacs,
  })
  return {
    macs,
    contender: contender.id,
    round,
    latencyMs,
    stagesMs,
    budget: kept / (layers.length * visualTokens(contender)),
  }
}

function visualTokens({ policy }: Contender): number {
  return policy.files.manifest.layout.segments.reduce(
    (sum, segment) => (segment.kind === 'visual' ? sum + segment.rows * segment.columns : sum),
    0,
  )
}

function engineFor({ engines }: NodePolicy, engine: 'pruned' | 'fused'): PolicyEngine {
  if (engine === 'pruned') return engines.layered
  if (!engines.fused) throw new Error('The model has no fused graph.')
  return engines.fused
}

/** Why a method cannot run in the fused graph of a policy; undefined if it can. */
export function obstacleToFusing(policy: NodePolicy, method: Method, episode: RecordedEpisode): string | undefined {
  if (!policy.engines.fused) return 'the model has no fused graph.'
  const walk = new OpenLoopWalk(episode, startMethod(method, policyContext(policy.files, { seed: 0 })), 1)
  walk.begin()
  return policy.engines.fused.obstacle(walk.session)
}

/** A contender on its way through the recording. */
class Runner {
  readonly contender: Contender
  readonly #episode: RecordedEpisode
  readonly #executeSteps: number
  #walk: OpenLoopWalk

  constructor(contender: Contender, { episode, executeSteps }: InterleavedOptions) {
    this.contender = contender
    this.#episode = episode
    this.#executeSteps = executeSteps
    this.#walk = this.#startWalk()
  }

  /** The next query that has history and runs the policy: repeated actions have no latency to measure. */
  async next(): Promise<QueryResult> {
    for (;;) {
      if (this.#walk.done) this.#walk = this.#startWalk()
      if (this.#walk.index === 0) await this.#query()
      const result = await this.#query()
      if (!result.repeated) return result
    }
  }

  async #query(): Promise<QueryResult> {
    const observation = this.#walk.begin()
    const { session, preparationMs } = this.#walk
    const { engine, method, policy } = this.contender
    const { layered } = policy.engines
    const prunes = engine === 'pruned' || engine === 'fused'
    const repeated = prunes ? repeatedQuery(session) : undefined
    if (repeated) {
      this.#walk.finish(session, repeated)
      return repeated
    }
    if (prunes) await runDensePass(layered, session, observation, 'before')
    const result =
      engine === 'dense'
        ? await policy.engines.dense.query(observation)
        : engine === 'keep-all'
          ? await policy.engines.layered.query(observation)
          : await namingSelector(method.id, () => engineFor(policy, engine).query(observation, { session }))
    if (prunes) await runDensePass(layered, session, observation, 'after', { query: result })
    this.#walk.finish(session, result)
    return prunes ? withPreparation(result, preparationMs) : result
  }

  #startWalk(): OpenLoopWalk {
    const { policy, method } = this.contender
    const session = startMethod(method, policyContext(policy.files, { seed: 0 }))
    return new OpenLoopWalk(this.#episode, session, this.#executeSteps)
  }
}
