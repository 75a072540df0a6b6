import { captureDense } from './captureDense.ts'
import { fusedCapture } from './captureFused.ts'
import type { Backend, OpenBackend } from './device/openBackend.ts'
import { createEngines, disposeEngines, type PolicyEngines } from './engines/createEngines.ts'
import { checkGolden, goldenObservation } from './golden.ts'
import { LoadError } from './loader/loadError.ts'
import type { ModelFiles } from './model.ts'
import { InferenceError } from './ort.ts'
import type { BackendChoice, BackendRung, CaptureReport, GoldenReport, LoadProgress } from './protocol.ts'
import { GPU_WARM_UP, SOFTWARE_GPU_WARM_UP, warmUp, WASM_WARM_UP, type WarmUpOptions } from './warmUp.ts'

export interface PolicyHostOptions {
  files: ModelFiles
  openBackend: OpenBackend
  forced?: BackendRung
  /** Replaces the warm-up that suits the backend. */
  warmUp?: WarmUpOptions
  signal?: AbortSignal
  onPhase?(phase: LoadProgress['phase']): void
  pause?(): Promise<void>
}

/** An opened, checked and warm policy on one backend. */
interface OpenPolicy {
  backend: Backend
  engines: PolicyEngines
  golden: GoldenReport
  /** On a GPU only. */
  capture?: CaptureReport
}

/** Times that a lost GPU is opened again before the processor takes over. */
const MAX_GPU_REBUILDS = 1

const LOSS_GRACE_MS = 100

/** A model on the best backend that runs it correctly; replaces the backend when the GPU is lost. */
export class PolicyHost {
  #policy: OpenPolicy
  #forced: BackendRung | undefined
  #lostReason: string | undefined
  #losses = 0
  readonly #options: PolicyHostOptions
  readonly #ruledOut: Partial<Record<BackendRung, string>>

  /**
   * Opens the best rung on which the model starts and agrees with its golden vectors.
   * @throws LoadError if there is none; AbortError when aborted.
   */
  static async open(options: PolicyHostOptions): Promise<PolicyHost> {
    const ruledOut = {}
    return new PolicyHost(await openPolicy(options, options.forced, ruledOut), options, ruledOut)
  }

  private constructor(policy: OpenPolicy, options: PolicyHostOptions, ruledOut: Partial<Record<BackendRung, string>>) {
    this.#policy = policy
    this.#options = options
    this.#forced = options.forced
    this.#ruledOut = ruledOut
    this.#watch()
  }

  get engines(): PolicyEngines {
    return this.#policy.engines
  }

  get choice(): BackendChoice {
    const { backend, capture } = this.#policy
    return { ...backend.choice, ...(capture && { capture }) }
  }

  get golden(): GoldenReport {
    return this.#policy.golden
  }

  get files(): ModelFiles {
    return this.#options.files
  }

  /**
   * After a failed query: if the GPU is to blame, opens it again, the first time, or steps down to the processor.
   * @returns what happened, for people; undefined if the error has nothing to do with the backend
   */
  async recover(error: unknown): Promise<string | undefined> {
    const onGpu = this.choice.rung === 'webgpu'
    if (!onGpu || !(this.#lostReason || error instanceof InferenceError)) return undefined
    const cause = await this.#causeOfLoss()
    this.#losses++
    const mayRebuild = this.#losses <= MAX_GPU_REBUILDS
    if (!mayRebuild) {
      this.#ruledOut.webgpu = cause
      this.#forced = undefined
    }
    await closePolicy(this.#policy.engines, this.#policy.backend)
    this.#lostReason = undefined
    // Never aborted half-way: the next run needs a whole policy.
    const options = { ...this.#options, signal: undefined, onPhase: undefined }
    this.#policy = await openPolicy(options, this.#forced, this.#ruledOut)
    this.#watch()
    return `${cause} ${mayRebuild ? 'It was opened again.' : 'The processor took over.'}`
  }

  async dispose(): Promise<void> {
    await closePolicy(this.#policy.engines, this.#policy.backend)
  }

  /** A failed query may be known a moment before the loss itself, whose message is the better one. */
  async #causeOfLoss(): Promise<string> {
    if (!this.#lostReason) await new Promise((resolve) => setTimeout(resolve, LOSS_GRACE_MS))
    return this.#lostReason ?? 'The GPU failed in the middle of a query.'
  }

  #watch(): void {
    const { backend } = this.#policy
    void backend.lost.then((reason) => {
      if (this.#policy.backend === backend) this.#lostReason = reason
    })
  }
}

async function openPolicy(
  options: PolicyHostOptions,
  forced: BackendRung | undefined,
  ruledOut: Partial<Record<BackendRung, string>>,
): Promise<OpenPolicy> {
  const { files, openBackend, signal, onPhase } = options
  let subgroups = true
  for (;;) {
    signal?.throwIfAborted()
    onPhase?.('compile')
    const backend = await openBackend({ files, forced, ruledOut, subgroups })
    const { rung } = backend.choice
    const started = await startPolicy(backend, options)
    if (started.status === 'failed') {
      signal?.throwIfAborted()
      const reason = `The model could not be started on ${rung}: ${started.message}`
      if (forced || rung === 'wasm') throw new LoadError('backend', reason)
      ruledOut[rung] = reason
      continue
    }
    const { policy } = started
    if (rung !== 'webgpu' || policy.golden.status === 'passed') return policy
    // Wrong numbers from a GPU: its subgroups are the known suspects, then the whole of it.
    if (!backend.subgroups && forced) return policy
    await closePolicy(policy.engines, backend)
    if (backend.subgroups) subgroups = false
    else ruledOut.webgpu = `The GPU's results are wrong by ${policy.golden.chunkError.toPrecision(2)}.`
  }
}

type StartResult = { status: 'started'; policy: OpenPolicy } | { status: 'failed'; message: string }

async function startPolicy(backend: Backend, options: PolicyHostOptions): Promise<StartResult> {
  const { files, signal, onPhase, pause } = options
  let engines: PolicyEngines | undefined
  try {
    engines = await createEngines(backend.ort, files, backend.settings, signal)
    onPhase?.('golden')
    const golden = await checkGolden(engines, files.manifest, files.golden, signal)
    const mayCapture = backend.choice.rung === 'webgpu' && golden.status === 'passed'
    const captured = mayCapture
      ? await captureDense(backend.ort, files, backend.settings, engines.dense, signal)
      : undefined
    if (captured?.engine) {
      const plain = engines.dense
      engines = { ...engines, dense: captured.engine }
      await plain.dispose()
      const capture = fusedCapture(backend.ort, files, backend.settings)
      if (capture) engines.fused?.captureWith(capture)
    }
    const capture = captured?.report
    onPhase?.('warm-up')
    const observation = goldenObservation(files.manifest, files.golden.cases[0])
    await warmUp(engines, observation, { ...(options.warmUp ?? warmUpFor(backend.choice)), signal, pause })
    return { status: 'started', policy: { backend, engines, golden, ...(capture && { capture }) } }
  } catch (error) {
    await closePolicy(engines, backend)
    return { status: 'failed', message: describeError(error) }
  }
}

function warmUpFor(choice: BackendChoice): WarmUpOptions {
  if (choice.softwareAdapter) return SOFTWARE_GPU_WARM_UP
  return choice.rung === 'webgpu' ? GPU_WARM_UP : WASM_WARM_UP
}

/** Sessions of a lost device may fail to close; they are gone either way. */
async function closePolicy(engines: PolicyEngines | undefined, backend: Backend): Promise<void> {
  if (engines) await disposeEngines(engines).catch(() => {})
  backend.close()
}

function describeError(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
