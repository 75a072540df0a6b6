import type { EngineChoice } from '../core/policy/engine.ts'
import { forceTokens } from '../core/pruning/forced.ts'
import { parseForced } from '../core/pruning/forcedText.ts'
import type { CustomInput } from '../core/pruning/custom.ts'
import { createRemoteSession, ownDefinition } from '../core/pruning/remoteCustom.ts'
import { addSelector, findSelector, resolveParameters } from '../core/pruning/registry.ts'
import type { SelectorSession } from '../core/pruning/contract.ts'
import { visualTokenCount } from '../core/tokens/layout.ts'
import { runBenchmark } from './benchmark.ts'
import type { OpenBackend } from './device/openBackend.ts'
import { EditedEpisodes, type ShownEpisode } from './editedEpisodes.ts'
import { LoadError, throwIfCancelled } from './loader/loadError.ts'
import type { ModelFiles } from './model.ts'
import { policyContext, suiteOfEpisode } from './policyContext.ts'
import { PolicyHost } from './policyHost.ts'
import type {
  BackendRung,
  BenchmarkRequest,
  BenchmarkSample,
  EpisodeFrames,
  InferenceService,
  LoadedModel,
  ModelStorage,
  LoadOptions,
  LoadProgress,
  OwnSelector,
  ReplayEvent,
  ReplayOutcome,
  ReplayRequest,
  RolloutEvent,
  RolloutOutcome,
  RolloutRequest,
  RolloutSettings,
  WorldStep,
} from './protocol.ts'
import type { RolloutEnvironment } from './rollout.ts'
import { RolloutRunner } from './rolloutRunner.ts'
import { createQueue, yieldToMessages } from './queue.ts'
import { runReplay } from './replay.ts'
import type { WarmUpOptions } from './warmUp.ts'

/** What the service needs from outside; tests bring their own. */
export interface InferenceDependencies {
  openBackend: OpenBackend
  loadFiles(options: {
    manifestUrl: string
    /** The rung that is asked for, if one is. */
    backend?: BackendRung
    storage?: ModelStorage
    signal: AbortSignal
    onProgress(progress: LoadProgress): void
  }): Promise<ModelFiles>
  /** Replaces the warm-up that suits the backend. */
  warmUp?: WarmUpOptions
}

/** Builds the service that runs in the inference worker; it has no ties to a worker itself. */
export function createInferenceService(dependencies: InferenceDependencies): InferenceService {
  return new QueuedInferenceService(dependencies)
}

/** Both kinds of events have it. */
type BackendEvent = Extract<ReplayEvent & RolloutEvent, { type: 'backend' }>

/** What a replay or benchmark works on. */
interface RunContext extends ShownEpisode {
  host: PolicyHost
  session: SelectorSession
  signal: AbortSignal
}

/** What is common to the requests of replays and benchmarks. */
type RunSubject = Pick<ReplayRequest, 'episodeKey' | 'methodId' | 'seed' | 'forced' | 'instruction'> & {
  parameters: object
}

class QueuedInferenceService implements InferenceService {
  readonly #dependencies: InferenceDependencies
  readonly #queue = createQueue()
  readonly #rollouts = new RolloutRunner<PolicyHost>({
    queue: this.#queue,
    host: () => this.#host,
    recover: (host, error, onEvent) => this.#queue.run(() => this.#recover(host, error, onEvent)),
  })
  #host: PolicyHost | undefined
  #episodes: EditedEpisodes | undefined
  #loading: AbortController | undefined
  #running: AbortController | undefined

  constructor(dependencies: InferenceDependencies) {
    this.#dependencies = dependencies
  }

  async load(options: LoadOptions, onProgress: (progress: LoadProgress) => void): Promise<LoadedModel> {
    this.cancelLoad()
    this.cancel()
    this.#rollouts.cancel()
    const controller = new AbortController()
    this.#loading = controller
    const { signal } = controller
    let latest: LoadProgress = { phase: 'download', loadedBytes: 0, totalBytes: 0, cachedBytes: 0 }
    const report = (progress: LoadProgress) => {
      latest = progress
      onProgress(progress)
    }
    const { manifestUrl, backend, storage } = options
    const files = await this.#dependencies.loadFiles({
      manifestUrl,
      signal,
      onProgress: report,
      ...(backend && { backend }),
      ...(storage && { storage }),
    })
    return this.#queue.run(async () => {
      throwIfCancelled(signal)
      await this.#close()
      return this.#open(files, options, signal, (phase) => report({ ...latest, phase }))
    })
  }

  cancelLoad(): void {
    this.#loading?.abort()
  }

  async openEpisode(episode: EpisodeFrames): Promise<void> {
    if (this.#episodes?.episodeKey === episode.key) return
    this.cancel()
    this.#episodes = new EditedEpisodes(episode)
  }

  defineSelector(selector: OwnSelector, ask: (input: CustomInput) => Promise<unknown>): Promise<void> {
    addSelector(ownDefinition(selector, (context) => createRemoteSession(ask, selector.settings, context)))
    return Promise.resolve()
  }

  replay(request: ReplayRequest, onEvent: (event: ReplayEvent) => void): Promise<ReplayOutcome> {
    return this.#run(request, async ({ host, episode, denseFrames, session, signal }) => {
      await runReplay({
        engines: () => host.engines,
        recover: (error) => this.#recover(host, error, onEvent),
        episode,
        session,
        methodId: request.methodId,
        executeSteps: request.executeSteps,
        preferFused: prefersFused(request.engine ?? 'auto', host.choice.rung),
        visualTokens: visualTokenCount(host.files.manifest.layout),
        denseFrames,
        signal,
        onEvent,
        pause: yieldToMessages,
      })
    })
  }

  benchmark(request: BenchmarkRequest, onSample: (sample: BenchmarkSample) => void): Promise<ReplayOutcome> {
    return this.#run(request, async ({ host, episode, session, signal }) => {
      const { methodId, rounds, seed } = request
      const executeSteps = host.files.manifest.action.chunk
      const { engines } = host
      const pause = yieldToMessages
      await runBenchmark({ engines, episode, session, methodId, executeSteps, rounds, seed, signal, onSample, pause })
    })
  }

  rollout(
    request: RolloutRequest,
    world: RolloutEnvironment<WorldStep>,
    onEvent: (event: RolloutEvent) => void,
  ): Promise<RolloutOutcome> {
    return this.#rollouts.run(request, world, onEvent)
  }

  changeRollout(id: string, settings: RolloutSettings): void {
    this.#rollouts.change(id, settings)
  }

  cancelRollout(id: string): void {
    this.#rollouts.cancel(id)
  }

  cancel(): void {
    this.#running?.abort()
  }

  async dispose(): Promise<void> {
    this.cancelLoad()
    this.cancel()
    this.#rollouts.cancel()
    await this.#queue.run(() => this.#close())
  }

  async #open(
    files: ModelFiles,
    { backend: forced }: LoadOptions,
    signal: AbortSignal,
    onPhase: (phase: LoadProgress['phase']) => void,
  ): Promise<LoadedModel> {
    const { openBackend, warmUp } = this.#dependencies
    try {
      const pause = yieldToMessages
      const host = await PolicyHost.open({ files, openBackend, forced, warmUp, signal, onPhase, pause })
      this.#host = host
      return { manifest: files.manifest, choice: host.choice, golden: host.golden }
    } catch (error) {
      throwIfCancelled(signal)
      if (error instanceof LoadError) throw error
      throw new LoadError('backend', `The model could not be started: ${describeError(error)}`, { cause: error })
    }
  }

  async #close(): Promise<void> {
    const host = this.#host
    this.#host = undefined
    this.#episodes?.forgetDense()
    await host?.dispose()
  }

  /** Aborts what runs, waits for its end, and runs the task. Never throws: failures are an outcome. */
  #run(request: RunSubject, task: (context: RunContext) => Promise<void>): Promise<ReplayOutcome> {
    this.cancel()
    const controller = new AbortController()
    this.#running = controller
    const { signal } = controller
    return this.#queue.run(async () => {
      try {
        signal.throwIfAborted()
        await task(this.#contextOf(request, signal))
        return { status: 'done' }
      } catch (error) {
        return signal.aborted ? { status: 'aborted' } : { status: 'failed', message: describeError(error) }
      }
    })
  }

  #contextOf(subject: RunSubject, signal: AbortSignal): RunContext {
    const { episodeKey, methodId, parameters, seed, forced = '' } = subject
    const [host, episodes] = [this.#host, this.#episodes]
    if (!host) throw new Error('No model is loaded yet.')
    if (episodes?.episodeKey !== episodeKey) throw new Error(`The episode ${episodeKey} is not open.`)
    const definition = findSelector(methodId)
    const context = policyContext(host.files, { seed, suite: suiteOfEpisode(host.files, episodeKey) })
    const session = definition.start(resolveParameters(definition, undefined, { ...parameters }), context)
    const shown = episodes.show(subject, host.files.manifest.layout)
    return { host, ...shown, session: forceTokens(session, parseForced(forced), context.layers), signal }
  }

  /** Times of two backends must not meet, so the dense frames go with the backend. */
  async #recover(host: PolicyHost, error: unknown, onEvent: (event: BackendEvent) => void): Promise<boolean> {
    const reason = await host.recover(error)
    if (reason === undefined) return false
    this.#episodes?.forgetDense()
    onEvent({ type: 'backend', choice: host.choice, reason })
    return true
  }
}

/** Every layer whose scores are read back stops a GPU once; on the processor the layered engine is as fast. */
function prefersFused(engine: EngineChoice, rung: BackendRung): boolean {
  return engine === 'fused' || (engine === 'auto' && rung === 'webgpu')
}

function describeError(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
