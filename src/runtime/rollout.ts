import type { PolicyEngine, QueryResult, StageTimesMs } from '../core/policy/engine.ts'
import type { SelectorSession } from '../core/pruning/contract.ts'
import { ACTION_SIZE, type Action, type Observation, type RgbImage, type ViewId } from '../core/schema/observation.ts'
import type { QueryRecord } from '../core/schema/runRecord.ts'
import { type OffPathWork, runDensePass } from './densePass.ts'
import { namingSelector } from './engines/survivors.ts'
import { encodeQuery } from './queryRecord.ts'

/** A world in which actions have consequences; one episode, already begun. */
export interface RolloutEnvironment<Step extends RolloutStep = RolloutStep> {
  /** What the policy sees now. The images must not change afterwards: selectors look back at them. */
  observe(): Observation
  step(action: Action): Step
}

/** Answer of the environment to an action. */
export interface RolloutStep {
  success: boolean
  /** The episode is over, for better or worse. */
  done: boolean
}

/** What one query of a rollout cost. */
export interface RolloutQuery {
  step: number
  replan: boolean
  latencyMs: number
  stagesMs: StageTimesMs
  /** Visual tokens that took part in each layer, from layer 1. */
  tokensPerLayer: number[]
  /** The dense pass that the method asked for, ahead of the query or while its chunk was executed. Not in the latency. */
  offPath?: OffPathWork
}

export interface RolloutOptions<Step extends RolloutStep = RolloutStep> {
  environment: RolloutEnvironment<Step>
  engine: PolicyEngine
  session: SelectorSession
  /** For messages. */
  methodId: string
  /** Number of the episode, from which random controls draw. */
  episode?: number
  /** Actions of a chunk executed before the next query. */
  executeSteps: number
  /** Control steps after which the episode ends without success. */
  horizonSteps: number
  /** Visual tokens of the model, to encode records; without it none are made. */
  recordVisualTokens?: number
  /**
   * Control steps that selectors can look back. The environment is then observed at every step; 0 observes at
   * queries only, which is faster and right for methods that never look back.
   */
  imageHistorySteps?: number
  signal?: AbortSignal
  /** Called after each query, for example to let other work run. */
  onQuery?(query: RolloutQuery, result: QueryResult): void | Promise<void>
}

export interface RolloutResult<Step extends RolloutStep = RolloutStep> {
  success: boolean
  /** Control steps executed. */
  steps: number
  queries: RolloutQuery[]
  /** Queries that the controller asked for early. */
  replans: number
  /** Empty unless `recordVisualTokens` was given. */
  records: QueryRecord[]
  /** The environment's last answer, with whatever it says about the failure. */
  last: Step | undefined
}

/** The longest look-back that any method offers. */
const DEFAULT_IMAGE_HISTORY_STEPS = 64

/**
 * Runs the policy closed loop until success, the environment's end or the horizon.
 * @throws what a query or the environment throws; AbortError when aborted.
 */
export async function runRollout<Step extends RolloutStep>(
  options: RolloutOptions<Step>,
): Promise<RolloutResult<Step>> {
  const { environment, session, executeSteps, horizonSteps, signal } = options
  const history = new ImageHistory(options.imageHistorySteps ?? DEFAULT_IMAGE_HISTORY_STEPS)
  const result: RolloutResult<Step> = {
    success: false,
    steps: 0,
    queries: [],
    replans: 0,
    records: [],
    last: undefined,
  }
  session.beginEpisode(options.episode)
  let executed: Action[] = []
  let replan = false
  let observation = environment.observe()
  while (!result.last?.done && result.steps < horizonSteps) {
    signal?.throwIfAborted()
    history.add(result.steps, observation.images)
    const { chunk }: QueryResult = await query(options, { observation, history, executed, replan }, result)
    executed = []
    replan = false
    const planned = Math.min(executeSteps, chunk.length / ACTION_SIZE, horizonSteps - result.steps)
    for (let i = 0; i < planned && !result.last?.done && !replan; i++) {
      if (i > 0 && history.everyStep) history.add(result.steps, environment.observe().images)
      const action: Action = chunk.slice(i * ACTION_SIZE, (i + 1) * ACTION_SIZE)
      result.last = environment.step(action)
      result.steps++
      executed.push(action)
      const remaining = planned - 1 - i
      // With nothing left there is nothing to throw away.
      replan = session.afterStep({ action, remaining }).replan && remaining > 0
    }
    if (!result.last?.done) observation = environment.observe()
  }
  result.success = result.last?.success ?? false
  return result
}

interface Moment {
  observation: Observation
  history: ImageHistory
  executed: Action[]
  replan: boolean
}

async function query<Step extends RolloutStep>(
  options: RolloutOptions<Step>,
  { observation, history, executed, replan }: Moment,
  rollout: RolloutResult<Step>,
): Promise<QueryResult> {
  const { engine, session, methodId, signal, recordVisualTokens: visualTokens } = options
  const step = rollout.steps
  session.beforeQuery({
    step,
    observation,
    imagesAt: (stepsBack) => history.at(step - stepsBack),
    executedActions: executed,
  })
  const pass = (moment: OffPathWork['moment'], answered?: QueryResult) =>
    namingSelector(methodId, () => runDensePass(engine, session, observation, moment, { query: answered, signal }))
  const ahead = await pass('before')
  const result = await namingSelector(methodId, () => engine.query(observation, { session, signal }))
  const offPath = ahead ?? (await pass('after', result))
  if (visualTokens !== undefined) {
    const index = rollout.queries.length
    rollout.records.push(encodeQuery(result, { index, step, replan, notes: session.notes(), visualTokens, offPath }))
  }
  session.afterQuery({ chunk: result.chunk, survivors: result.survivors })
  const { latencyMs, stagesMs } = result
  const tokensPerLayer = result.layers.map((layer) => layer.visualTokens)
  const entry: RolloutQuery = { step, replan, latencyMs, stagesMs, tokensPerLayer, ...(offPath && { offPath }) }
  rollout.queries.push(entry)
  if (replan) rollout.replans++
  await options.onQuery?.(entry, result)
  return result
}

/** Images of the last control steps, by step. */
class ImageHistory {
  readonly #steps: number
  readonly #images = new Map<number, Record<ViewId, RgbImage>>()

  constructor(steps: number) {
    this.#steps = steps
  }

  /** Whether steps between queries are wanted too. */
  get everyStep(): boolean {
    return this.#steps > 0
  }

  add(step: number, images: Record<ViewId, RgbImage>): void {
    this.#images.set(step, images)
    for (const old of this.#images.keys()) {
      if (old >= step - this.#steps) break
      this.#images.delete(old)
    }
  }

  at(step: number): Record<ViewId, RgbImage> | undefined {
    return this.#images.get(step)
  }
}
