import type { DeviceInfo, QueryRecord } from '../../core/schema/runRecord.ts'
import type {
  BackendChoice,
  CaptureReport,
  BackendRung,
  BenchmarkSample,
  GoldenReport,
  LoadProgress,
} from '../../runtime/protocol.ts'
import { summariseLatency } from '../../core/metrics/latency.ts'
import type { LatencySummary } from '../../core/metrics/latency.ts'
import { ratioOfMedians } from '../../core/statistics/ratioOfMedians.ts'
import type { Ratio } from '../../core/statistics/ratioOfMedians.ts'
import { formatBytes } from '../../ui/format.ts'

const RUNG_TITLES: Readonly<Record<BackendRung, string>> = {
  webgpu: 'WebGPU',
  'wasm-threads': 'WebAssembly, threads',
  wasm: 'WebAssembly, one thread',
}

/** Name of a backend for people. */
export function rungTitle(rung: BackendRung): string {
  return RUNG_TITLES[rung]
}

/** A device in a few words, for example "WebGPU · NVIDIA T4" or "WebAssembly, 4 threads". */
export function describeDevice({ backend, threads, adapter }: DeviceInfo): string {
  const title = backend === 'node' ? 'Node' : ((RUNG_TITLES[backend as BackendRung] as string | undefined) ?? backend)
  if (backend === 'wasm-threads' && threads !== undefined) return `WebAssembly, ${threads} threads`
  return adapter === undefined ? title : `${title} · ${adapter}`
}

/** What a reader can do to get a better backend. */
export function backendAdvice({ rung, softwareAdapter, device }: BackendChoice): string {
  if (softwareAdapter) return 'This GPU is emulated on the processor: its times say nothing about a real GPU.'
  if (rung === 'webgpu') return 'This is the best backend there is.'
  if (rung === 'wasm-threads' || device.crossOriginIsolated) {
    return 'A browser with WebGPU and a GPU that it may use would be faster.'
  }
  return 'Threads need a cross-origin isolated page: serve it with COOP and COEP headers, as npm start does.'
}

const PHASES: Readonly<Record<LoadProgress['phase'], string>> = {
  download: 'Downloading',
  compile: 'Compiling',
  'warm-up': 'Warming up',
  golden: 'Checking against PyTorch',
}

export interface LoadView {
  phase: string
  /** 0 ... 1; undefined while it cannot be known. */
  share: number | undefined
  detail: string
}

/** A load in words: phase, bytes, rate. */
export function describeLoad(progress: LoadProgress | undefined, bytesPerSecond: number | undefined): LoadView {
  if (!progress) return { phase: 'Starting', share: undefined, detail: '' }
  const { phase, loadedBytes, totalBytes, cachedBytes } = progress
  if (phase !== 'download' || totalBytes === 0) return { phase: PHASES[phase], share: undefined, detail: '' }
  const parts = [`${formatBytes(loadedBytes)} of ${formatBytes(totalBytes)}`]
  if (cachedBytes > 0) parts.push(`${formatBytes(cachedBytes)} from cache`)
  if (bytesPerSecond !== undefined && bytesPerSecond > 0) {
    parts.push(`${formatBytes(bytesPerSecond)}/s`)
    const seconds = Math.ceil((totalBytes - loadedBytes) / bytesPerSecond)
    if (seconds > 0) parts.push(`${seconds} s left`)
  }
  return { phase: PHASES.download, share: loadedBytes / totalBytes, detail: parts.join(' · ') }
}

/** How the dense graph runs on a GPU, in words. */
export function describeCapture(report: CaptureReport): string {
  if (report.status === 'on') return 'GPU commands recorded once and replayed; checked against running it plainly'
  return `Runs plainly, without recorded GPU commands: ${report.reason}`
}

/** The self-check in one sentence. */
export function describeGolden({ status, cases, chunkError, chunkTolerance }: GoldenReport): string {
  const verdict = status === 'passed' ? 'agrees with PyTorch' : 'does NOT agree with PyTorch'
  return `This device ${verdict} on ${cases} golden ${cases === 1 ? 'case' : 'cases'}: largest difference ${chunkError.toExponential(1)}, allowed ${chunkTolerance.toExponential(1)}.`
}

export interface BenchmarkRow {
  engine: BenchmarkSample['engine']
  title: string
  summary: LatencySummary
  /** One latency a round, in the order of the rounds. */
  samplesMs: readonly number[]
  /** Dense over this, at the medians: above 1 is faster. Undefined for dense itself. */
  speedUp: number | undefined
  /** 95 % interval of `speedUp`, drawn over whole rounds; only of a measurement that has ended. */
  interval: Ratio | undefined
}

const ENGINES = [
  ['dense', 'Dense, one graph'],
  ['keep-all', 'Layered, keeps all'],
  ['pruned', 'Pruned'],
  ['fused', 'Pruned, one graph'],
] as const

/**
 * Medians and tails of a measurement, engine by engine.
 * @param ended adds the intervals, which are too slow to work out with every sample
 */
export function summariseBenchmark(samples: readonly BenchmarkSample[], ended = false): BenchmarkRow[] {
  const timesOf = (engine: BenchmarkSample['engine']) =>
    samples.filter((sample) => sample.engine === engine).map((sample) => sample.latencyMs)
  const denseMs = timesOf('dense')
  const dense = summariseLatency(denseMs)
  return ENGINES.flatMap(([engine, title]): BenchmarkRow[] => {
    const samplesMs = timesOf(engine)
    const summary = summariseLatency(samplesMs)
    if (!summary) return []
    const compared = dense !== undefined && engine !== 'dense'
    const speedUp = compared ? dense.p50Ms / summary.p50Ms : undefined
    const interval = compared && ended ? ratioOfMedians(denseMs, samplesMs) : undefined
    return [{ engine, title, summary, samplesMs, speedUp, interval }]
  })
}

/** `1.84× (95 % interval 1.79 to 1.90)`, or as much of it as is known. */
export function describeSpeedUp({ speedUp, interval }: Pick<BenchmarkRow, 'speedUp' | 'interval'>): string {
  if (speedUp === undefined) return '1'
  const ratio = `${speedUp.toFixed(2)}×`
  return interval ? `${ratio} (95 % interval ${interval.low.toFixed(2)} to ${interval.high.toFixed(2)})` : ratio
}

/** Right end of the chart of samples: all of them, unless some lie so far out that the others would be pressed together. */
export function benchmarkScaleMs(rows: readonly BenchmarkRow[]): { maxMs: number; clipped: number } {
  const all = rows.flatMap(({ samplesMs }) => samplesMs)
  const ceiling = 2 * rows.reduce((max, { summary }) => Math.max(max, summary.p95Ms), 0)
  const maxMs = Math.min(
    ceiling,
    all.reduce((max, ms) => Math.max(max, ms), 0),
  )
  return { maxMs, clipped: all.filter((ms) => ms > maxMs).length }
}

const ENGINE_SENTENCES: Readonly<Record<NonNullable<QueryRecord['engine']>, string>> = {
  dense: 'One graph that keeps every token.',
  layered: 'One graph a layer; the method decides between them.',
  fused: 'Selection and layers in one graph, with one read-back.',
}

/** What ran a query, in sentences. */
export function describeEngine({ engine, fusedObstacle }: QueryRecord): string {
  const what = engine ? ENGINE_SENTENCES[engine] : ''
  return fusedObstacle === undefined ? what : `${what} Not the fused engine: ${fusedObstacle}`
}
