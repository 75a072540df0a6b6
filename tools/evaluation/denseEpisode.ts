import type { PolicyEngine } from '../../src/core/policy/engine.ts'
import { type Agreement, averageAgreement, compareChunks } from '../../src/core/metrics/agreement.ts'
import type { SelectorSession } from '../../src/core/pruning/contract.ts'
import { ACTION_SIZE, type Action, type Observation } from '../../src/core/schema/observation.ts'
import { runMethodQuery, summaryOf } from '../../src/runtime/methodQuery.ts'
import type { RolloutEnvironment } from '../../src/runtime/rollout.ts'
import type { Episode, StepResult } from '../../src/simulation/rollout.ts'
import type { RelevanceMasks } from './queryMeasures.ts'

/** The simulator's episode as a rollout's environment, which remembers what it showed last, or all of it. */
export class SeeingEnvironment implements RolloutEnvironment<StepResult> {
  /** All observations, in order; only the last one unless `keepAll`. */
  readonly frames: Observation[] = []
  readonly actions: Action[] = []
  private readonly episode: Episode
  private readonly keepAll: boolean

  constructor(episode: Episode, keepAll: boolean) {
    this.episode = episode
    this.keepAll = keepAll
  }

  observe(): Observation {
    const observation = this.episode.observe()
    if (!this.keepAll) this.frames.length = 0
    this.frames.push(observation)
    return observation
  }

  glimpse(): ReturnType<Episode['glimpse']> {
    if (!this.keepAll) return this.episode.glimpse()
    const { images } = this.observe()
    return () => images
  }

  /** Relevance masks of what was observed last. */
  relevance(): RelevanceMasks {
    const masks = this.frames.at(-1)?.relevance
    if (masks === undefined) throw new Error('Nothing was observed yet.')
    return masks
  }

  step(action: Action): StepResult {
    if (this.keepAll) this.actions.push(action)
    return this.episode.step(action)
  }
}

/** An episode of the dense policy: what it saw at each step, what it did, and its chunks by step. */
export interface DenseEpisode {
  frames: readonly Observation[]
  actions: readonly Action[]
  chunks: Map<number, Float32Array>
}

/** How {@link walkDenseEpisode} asks. */
export interface WalkOptions {
  session: SelectorSession
  /** Number of the episode, from which random controls draw. */
  episode: number
  executeSteps: number
  methodId: string
  /** Runs the method. */
  engine: PolicyEngine
  /** Gives the dense policy's chunk where the episode has none: a replan falls between its queries. */
  dense: PolicyEngine
}

/**
 * Agreement of a method with the dense policy on the observations of the dense policy's own episode. The method's
 * history is that of the dense episode: its images and its executed actions.
 * @returns the mean over all executed steps, and the number of queries
 */
export async function walkDenseEpisode(
  { frames, actions, chunks }: DenseEpisode,
  options: WalkOptions,
): Promise<{ queries: number; agreement: Agreement }> {
  const { session, executeSteps } = options
  const agreements: Agreement[] = []
  session.beginEpisode(options.episode)
  let executed: Action[] = []
  let step = 0
  while (step < actions.length) {
    const observation = frames[step]
    const now = step
    session.beforeQuery({
      step,
      observation,
      imagesAt: (stepsBack) => (stepsBack >= 0 ? frames[now - stepsBack]?.images : undefined),
      executedActions: executed,
    })
    const { methodId } = options
    const { result } = await runMethodQuery(options.engine, session, observation, { methodId })
    const { chunk } = result
    const dense = chunks.get(step) ?? (await options.dense.query(observation)).chunk
    chunks.set(step, dense)
    agreements.push(compareChunks(chunk, dense, executeSteps))
    session.afterQuery(summaryOf(result))
    const planned = Math.min(executeSteps, chunk.length / ACTION_SIZE)
    executed = []
    let replan = false
    for (let i = 0; i < planned && step < actions.length && !replan; i++) {
      executed.push(actions[step])
      const remaining = planned - 1 - i
      replan = session.afterStep({ action: actions[step], remaining }).replan && remaining > 0
      step++
    }
  }
  const agreement = averageAgreement(agreements)
  if (agreement === undefined) throw new Error('An episode without steps has nothing to compare.')
  return { queries: agreements.length, agreement }
}
