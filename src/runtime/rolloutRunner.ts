import type { PolicyEngine } from '../core/policy/engine.ts'
import { findSelector, resolveParameters } from '../core/pruning/registry.ts'
import { visualTokenCount } from '../core/tokens/layout.ts'
import type { PolicyEngines } from './engines/createEngines.ts'
import type { ModelFiles } from './model.ts'
import { policyContext } from './policyContext.ts'
import type { RolloutEvent, RolloutOutcome, RolloutRequest, RolloutSettings, WorldStep } from './protocol.ts'
import { yieldToMessages, type TaskQueue } from './queue.ts'
import { DENSE_METHOD } from './replay.ts'
import { type RolloutEnvironment, type RolloutPolicy, runRollout } from './rollout.ts'

/** A loaded model; its engines are others after a recovery. */
export interface RolloutHost {
  readonly engines: PolicyEngines
  readonly files: ModelFiles
}

/** What rollouts need of the inference worker that they run in. */
export interface RolloutContext<Host extends RolloutHost> {
  queue: TaskQueue
  /** The loaded model, whichever it is by now. */
  host(): Host | undefined
  /** @returns true when the backend was opened again and the query may be repeated. */
  recover(host: Host, error: unknown, onEvent: (event: RolloutEvent) => void): Promise<boolean>
}

interface ActiveRollout<Host> {
  controller: AbortController
  host: Host
  request: RolloutRequest
  /** Takes over before the next query. */
  next: RolloutPolicy | undefined
}

/**
 * Closed loops in the inference worker. Only single queries stand in the queue, so that rollouts, replays and measurements
 * take turns; the world itself runs in another worker.
 */
export class RolloutRunner<Host extends RolloutHost> {
  readonly #context: RolloutContext<Host>
  readonly #active = new Map<string, ActiveRollout<Host>>()

  constructor(context: RolloutContext<Host>) {
    this.#context = context
  }

  /** Runs one episode. Never throws: failures are an outcome. A rollout of the same name is aborted. */
  async run(
    request: RolloutRequest,
    world: RolloutEnvironment<WorldStep>,
    onEvent: (event: RolloutEvent) => void,
  ): Promise<RolloutOutcome> {
    this.cancel(request.id)
    const controller = new AbortController()
    let active: ActiveRollout<Host> | undefined
    try {
      const host = this.#context.host()
      if (!host) throw new Error('No model is loaded yet.')
      active = { controller, host, request, next: undefined }
      this.#active.set(request.id, active)
      return await this.#play(active, world, onEvent)
    } catch (error) {
      if (controller.signal.aborted) return { status: 'aborted' }
      return { status: 'failed', message: error instanceof Error ? error.message : String(error) }
    } finally {
      if (this.#active.get(request.id) === active) this.#active.delete(request.id)
    }
  }

  /**
   * Other settings from the next query on.
   * @throws if the method or a parameter does not exist, or a value is out of range
   */
  change(id: string, settings: RolloutSettings): void {
    const active = this.#active.get(id)
    if (active) active.next = this.#policyOf(active.host, settings)
  }

  /** Aborts one rollout, or all. */
  cancel(id?: string): void {
    for (const [name, { controller }] of this.#active) if (id === undefined || id === name) controller.abort()
  }

  async #play(
    active: ActiveRollout<Host>,
    world: RolloutEnvironment<WorldStep>,
    onEvent: (event: RolloutEvent) => void,
  ): Promise<RolloutOutcome> {
    const { host, request, controller } = active
    const { episode, horizonSteps } = request
    const { signal } = controller
    const result = await runRollout<WorldStep>({
      ...this.#policyOf(host, request),
      environment: abortable(world, signal),
      episode,
      horizonSteps,
      recordVisualTokens: visualTokenCount(host.files.manifest.layout),
      signal,
      nextPolicy() {
        const { next } = active
        active.next = undefined
        return next
      },
      recover: (error) => this.#context.recover(host, error, onEvent),
      async onQuery(_query, _result, record) {
        if (record) onEvent({ type: 'query', record })
        await yieldToMessages()
      },
    })
    const { success, steps, replans, last } = result
    return { status: 'done', success, steps, replans, ...(last?.failure ? { failure: last.failure } : {}) }
  }

  #policyOf(host: Host, { methodId, parameters, executeSteps, seed, suite }: RolloutSettings): RolloutPolicy {
    const definition = findSelector(methodId)
    const values = resolveParameters(definition, undefined, { ...parameters })
    return {
      engine: this.#queuedEngine(host, methodId === DENSE_METHOD ? 'dense' : 'layered'),
      session: definition.start(values, policyContext(host.files, { seed, suite })),
      methodId,
      executeSteps,
    }
  }

  /** An engine whose queries wait for their turn. Its latency is its own: waiting does not count. */
  #queuedEngine(host: Host, kind: 'dense' | 'layered'): PolicyEngine {
    const { queue } = this.#context
    return {
      kind,
      query: (observation, options) =>
        queue.run(() => {
          options?.signal?.throwIfAborted()
          if (this.#context.host() !== host) throw new Error('Another model was loaded in the middle of the episode.')
          return host.engines[kind].query(observation, options)
        }),
      dispose: () => Promise.resolve(),
    }
  }
}

/** A world that may stand still for long, for example paused: an abort does not wait for its answer. */
function abortable<Step extends WorldStep>(
  world: RolloutEnvironment<Step>,
  signal: AbortSignal,
): RolloutEnvironment<Step> {
  const aborted = new Promise<never>((_, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason as Error), { once: true })
  })
  // Nobody may be waiting at that moment.
  aborted.catch(() => {})
  return {
    observe: () => Promise.race([world.observe(), aborted]),
    step: (action) => Promise.race([world.step(action), aborted]),
  }
}
