import type { QueryResult } from '../core/policy/engine.ts'
import type { SelectorSession } from '../core/pruning/contract.ts'
import type { Observation } from '../core/schema/observation.ts'
import { createRandom, shuffled } from '../core/random.ts'
import type { PolicyEngines } from './engines/createEngines.ts'
import { runDensePass } from './densePass.ts'
import { namingSelector } from './engines/survivors.ts'
import { repeatedQuery } from './methodQuery.ts'
import { OpenLoopWalk } from './openLoopWalk.ts'
import { withPreparation } from './preparation.ts'
import type { BenchmarkSample, EpisodeFrames } from './protocol.ts'
import { DENSE_METHOD } from './replay.ts'

export interface BenchmarkOptions {
  engines: PolicyEngines
  episode: EpisodeFrames
  /** A fresh session of the method. */
  session: SelectorSession
  methodId: string
  executeSteps: number
  rounds: number
  /** Seed of the order within the rounds. */
  seed: number
  signal?: AbortSignal
  onSample(sample: BenchmarkSample): void
  pause?(): Promise<void>
}

const CONTENDERS: readonly BenchmarkSample['engine'][] = ['dense', 'keep-all', 'pruned']

/** Rounds whose times are thrown away, so that every length in play has been seen. */
const WARM_UP_ROUNDS = 2

/**
 * Times the contenders interleaved: each round runs all three on the same observation, in an order drawn by seed, so
 * that drifts of clock and load hit all alike. Observations are those of an open-loop run; its first query, at which
 * methods with a memory keep everything, is never timed.
 * @throws what a query throws; AbortError when aborted.
 */
export async function runBenchmark(options: BenchmarkOptions): Promise<void> {
  const { engines, episode, session, executeSteps, rounds, seed, signal, onSample } = options
  const random = createRandom(seed)
  const startWalk = () => new OpenLoopWalk(episode, session.fork(), executeSteps)
  let walk = startWalk()
  for (let round = -WARM_UP_ROUNDS; round < rounds; round++) {
    if (walk.done || walk.index === 0) {
      walk = startWalk()
      const first = walk.begin()
      await runDensePass(engines.layered, walk.session, first, 'before', { signal })
      const result = await runContender('pruned', options, first, walk.session)
      await runDensePass(engines.layered, walk.session, first, 'after', { query: result, signal })
      walk.finish(walk.session, result)
      // A recording too short for a second query is timed on its first.
      if (walk.done) walk = startWalk()
    }
    const { step } = walk
    const observation = walk.begin()
    // Repeated actions have no latency to measure; methods do not repeat for ever.
    const repeated = repeatedQuery(walk.session)
    if (repeated) {
      walk.finish(walk.session, repeated)
      round--
      continue
    }
    await runDensePass(engines.layered, walk.session, observation, 'before', { signal })
    // The fused engine gets the state before the query as well; what it makes of it is thrown away.
    const twin = walk.session.fork()
    const contenders =
      engines.fused?.obstacle(twin) === undefined && engines.fused ? [...CONTENDERS, 'fused' as const] : CONTENDERS
    let pruned: QueryResult | undefined
    for (const engine of shuffled(random, contenders)) {
      await options.pause?.()
      signal?.throwIfAborted()
      const result = await runContender(engine, options, observation, engine === 'fused' ? twin : walk.session)
      if (engine === 'pruned') pruned = result
      const { latencyMs } = selects(engine, options) ? withPreparation(result, walk.preparationMs) : result
      if (round >= 0) onSample({ round, engine, step, latencyMs })
    }
    if (!pruned) continue
    await runDensePass(engines.layered, walk.session, observation, 'after', { query: pruned, signal })
    walk.finish(walk.session, pruned)
  }
}

/** Whether a contender's latency holds the work of the selector. */
function selects(contender: BenchmarkSample['engine'], { methodId }: BenchmarkOptions): boolean {
  return methodId !== DENSE_METHOD && (contender === 'pruned' || contender === 'fused')
}

function runContender(
  contender: BenchmarkSample['engine'],
  { engines, methodId, signal }: BenchmarkOptions,
  observation: Observation,
  session: SelectorSession,
): Promise<QueryResult> {
  if (contender === 'keep-all') return engines.layered.query(observation, { signal })
  if (contender === 'dense' || methodId === DENSE_METHOD) return engines.dense.query(observation, { signal })
  const engine = contender === 'fused' && engines.fused ? engines.fused : engines.layered
  return namingSelector(methodId, () => engine.query(observation, { session, signal }))
}
