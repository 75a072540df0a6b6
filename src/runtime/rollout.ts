import type { PolicyEngine, QueryResult, StageTimesMs } from '../core/policy/engine.ts'
import type { SelectorSession } from '../core/pruning/contract.ts'
import { ACTION_SIZE, type Action, type Observation, type RgbImage, type ViewId } from '../core/schema/observation.ts'
import type { QueryRecord } from '../core/schema/runRecord.ts'
import type { OffPathWork } from './densePass.ts'
import { type MethodAnswer, runMethodQuery, summaryOf } from './methodQuery.ts'
import { prepareQuery, withPreparation } from './preparation.ts'
import { encodeQuery } from './queryRecord.ts'

/** A world in which actions have consequences; one episode, already begun. In a page it lives in another worker. */
export interface RolloutEnvironment<Step extends RolloutStep = RolloutStep> {
  /** What the policy sees now. The images must not change afterwards: selectors look back at them. */
  observe(): Observation | Promise<Observation>
  /**
   * The cameras' images of this moment, drawn only when they are asked for, also after later steps. Without it every step is observed
   * that a selector might look back at.
   */
  glimpse?(): () => Images
  step(action: Action): Step | Promise<Step>
}

/** Answer of the environment to an action. */
export interface RolloutStep {
  success: boolean
  /** The episode is over, for better or worse. */
  done: boolean
}

type Images = Record<ViewId, RgbImage>

/** What one query of a rollout cost. */
export interface RolloutQuery {
  step: number
  replan: boolean
  /** Everything between observation and action: the selector's preparation for the query and the query. */
  latencyMs: number
  stagesMs: StageTimesMs
  /** Visual tokens that took part in each layer, from layer 1; empty for repeated actions. */
  tokensPerLayer: number[]
  /** The method repeated earlier actions instead of running the policy. */
  repeated?: boolean
  /** The dense pass that the method asked for, ahead of the query or while its chunk was executed. Not in the latency. */
  offPath?: OffPathWork
}

/** What decides in a rollout: an engine and a method on it. */
export interface RolloutPolicy {
  engine: PolicyEngine
  /** A fresh session of the method. */
  session: SelectorSession
  /** For messages. */
  methodId: string
  /** Actions of a chunk executed before the next query. */
  executeSteps: number
}

export interface RolloutOptions<Step extends RolloutStep = RolloutStep> extends RolloutPolicy {
  environment: RolloutEnvironment<Step>
  /** Number of the episode, from which random controls draw. */
  episode?: number
  /** Control steps after which the episode ends without success. */
  horizonSteps: number
  /** Visual tokens of the model, to encode records; without it none are made. */
  recordVisualTokens?: number
  /**
   * Control steps that selectors can look back; 0 is right for methods that never do, and saves an environment without `glimpse` an
   * observation at every step.
   */
  imageHistorySteps?: number
  signal?: AbortSignal
  /**
   * Asked before each query: another policy takes over in the middle of the episode, as when a person changes a setting.
   * Its method begins without memory.
   */
  nextPolicy?(): RolloutPolicy | undefined
  /** @returns true when the engine can run again and the failed query is to be repeated. */
  recover?(error: unknown): Promise<boolean>
  /** Called after each query, for example to let other work run; the record is there if records are made. */
  onQuery?(query: RolloutQuery, result: QueryResult, record: QueryRecord | undefined): void | Promise<void>
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
  const { environment, horizonSteps, signal } = options
  const history = new ImageHistory(options.imageHistorySteps ?? DEFAULT_IMAGE_HISTORY_STEPS)
  const result: RolloutResult<Step> = {
    success: false,
    steps: 0,
    queries: [],
    replans: 0,
    records: [],
    last: undefined,
  }
  let policy: RolloutPolicy = options
  policy.session.beginEpisode(options.episode)
  let executed: Action[] = []
  let replan = false
  let observation = await environment.observe()
  while (!result.last?.done && result.steps < horizonSteps) {
    signal?.throwIfAborted()
    const { images } = observation
    history.add(result.steps, () => images)
    policy = takeOver(options, policy)
    const answer: Answer = await query(options, policy, { observation, history, executed, replan }, result)
    const { chunk, session } = answer
    policy = { ...policy, session }
    executed = []
    replan = false
    const planned = Math.min(policy.executeSteps, chunk.length / ACTION_SIZE, horizonSteps - result.steps)
    for (let i = 0; i < planned && !result.last?.done && !replan; i++) {
      if (i > 0 && history.everyStep) history.add(result.steps, await glimpseOf(environment))
      const action: Action = chunk.slice(i * ACTION_SIZE, (i + 1) * ACTION_SIZE)
      result.last = await environment.step(action)
      result.steps++
      executed.push(action)
      const remaining = planned - 1 - i
      // With nothing left there is nothing to throw away.
      replan = session.afterStep({ action, remaining }).replan && remaining > 0
    }
    if (!result.last?.done) observation = await environment.observe()
  }
  result.success = result.last?.success ?? false
  return result
}

/** The images of this moment, drawn now only if the environment cannot draw them later. */
async function glimpseOf(environment: RolloutEnvironment): Promise<() => Images> {
  if (environment.glimpse) return environment.glimpse()
  const { images } = await environment.observe()
  return () => images
}

function takeOver<Step extends RolloutStep>(options: RolloutOptions<Step>, current: RolloutPolicy): RolloutPolicy {
  const next = options.nextPolicy?.()
  next?.session.beginEpisode(options.episode)
  return next ?? current
}

interface Moment {
  observation: Observation
  history: ImageHistory
  executed: Action[]
  replan: boolean
}

/** A chunk and the session that saw the query. */
interface Answer {
  chunk: Float32Array
  session: SelectorSession
}

/** One query, told to the rollout. */
async function query<Step extends RolloutStep>(
  options: RolloutOptions<Step>,
  policy: RolloutPolicy,
  { observation, history, executed, replan }: Moment,
  rollout: RolloutResult<Step>,
): Promise<Answer> {
  const { recordVisualTokens: visualTokens } = options
  const step = rollout.steps
  const imagesAt = (stepsBack: number) => history.at(step - stepsBack)
  const preparationMs = prepareQuery(policy.session, { step, observation, imagesAt, executedActions: executed })
  const { session, offPath, engine, ...answer } = await attempt(options, policy, observation)
  const result = withPreparation(answer.result, preparationMs)
  let record: QueryRecord | undefined
  if (visualTokens !== undefined) {
    const index = rollout.queries.length
    record = encodeQuery(result, { index, step, replan, notes: session.notes(), visualTokens, offPath, engine })
    rollout.records.push(record)
  }
  session.afterQuery(summaryOf(result))
  const { repeated, latencyMs, stagesMs } = result
  const tokensPerLayer = result.layers.map((layer) => layer.visualTokens)
  const extras = { ...(repeated && { repeated }), ...(offPath && { offPath }) }
  const entry: RolloutQuery = { step, replan, latencyMs, stagesMs, tokensPerLayer, ...extras }
  rollout.queries.push(entry)
  if (replan) rollout.replans++
  await options.onQuery?.(entry, result, record)
  return { chunk: result.chunk, session }
}

/** Asks the method on a fork of the session, so that a repetition starts from the state before the failure. */
async function attempt<Step extends RolloutStep>(
  { signal, recover }: RolloutOptions<Step>,
  { engine, session, methodId }: RolloutPolicy,
  observation: Observation,
): Promise<MethodAnswer & { session: SelectorSession }> {
  for (;;) {
    const fork = session.fork()
    try {
      return { ...(await runMethodQuery(engine, fork, observation, { methodId, signal })), session: fork }
    } catch (error) {
      if (signal?.aborted || !(await recover?.(error))) throw error
    }
  }
}

/** Images of the last control steps, by step. */
class ImageHistory {
  readonly #steps: number
  readonly #images = new Map<number, () => Images>()

  constructor(steps: number) {
    this.#steps = steps
  }

  /** Whether steps between queries are wanted too. */
  get everyStep(): boolean {
    return this.#steps > 0
  }

  add(step: number, images: () => Images): void {
    this.#images.set(step, images)
    for (const old of this.#images.keys()) {
      if (old >= step - this.#steps) break
      this.#images.delete(old)
    }
  }

  at(step: number): Images | undefined {
    return this.#images.get(step)?.()
  }
}
