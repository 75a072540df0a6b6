import { z } from 'zod'
import { summariseLatency } from '../../core/metrics/latency.ts'
import { deviceSchema } from '../../core/schema/runRecord.ts'
import type { BenchmarkSample } from '../../runtime/protocol.ts'
import type { BenchmarkSubject } from '../../stores/benchmarkStore.ts'

/** Version of the measurement file that the page writes. */
const MEASUREMENT_VERSION = 1
const MEASUREMENT_KIND = 'specprune-measurement'

const measurementSchema = z.object({
  kind: z.literal(MEASUREMENT_KIND),
  version: z.literal(MEASUREMENT_VERSION),
  subject: z.object({
    method: z.string(),
    model: z.string(),
    episode: z.string(),
    device: deviceSchema,
    softwareAdapter: z.boolean(),
    rounds: z.int().positive(),
    startedAt: z.string(),
  }),
  timerResolutionUs: z.number().positive(),
  samples: z
    .array(
      z.object({
        round: z.int().nonnegative(),
        engine: z.enum(['dense', 'keep-all', 'pruned', 'fused']),
        step: z.int().nonnegative(),
        latencyMs: z.number().positive(),
      }),
    )
    .min(1),
})

/** What `specprune bench --json` prints, as far as the page shows it. */
const benchSchema = z.object({
  version: z.literal(1),
  rows: z
    .array(z.object({ id: z.string(), engine: z.string(), samplesMs: z.array(z.number().positive()).min(1) }))
    .min(1),
  machine: z.object({ backend: z.string(), threads: z.int(), processor: z.string(), busy: z.boolean() }),
})

/** One line of a measurement. */
export interface MeasuredRow {
  id: string
  title: string
  p50Ms: number
  p95Ms: number
  count: number
  /** Dense over this one, medians; undefined for dense. */
  speedUp?: number
}

/** A measurement as the page shows it. */
export interface Measurement {
  rows: MeasuredRow[]
  /** Where and what, in words. */
  origin: string
  /** What makes its times worth less, in a sentence. */
  caution?: string
}

const TITLES: Readonly<Record<BenchmarkSample['engine'], string>> = {
  dense: 'Dense, one graph',
  'keep-all': 'Layered, keeps all',
  pruned: 'Pruned, layered',
  fused: 'Pruned, one graph',
}

/** The page's own measurement; undefined before there is one. */
export function measurementOf(
  subject: BenchmarkSubject | undefined,
  samples: readonly BenchmarkSample[],
): Measurement | undefined {
  if (!subject || samples.length === 0) return undefined
  const { device, method, model, episode, startedAt, softwareAdapter } = subject
  const groups = new Map<string, number[]>()
  for (const { engine, latencyMs } of samples) groups.set(engine, [...(groups.get(engine) ?? []), latencyMs])
  const entries = [...groups].map(([id, times]) => ({ id, title: TITLES[id as BenchmarkSample['engine']], times }))
  const threads = device.threads === undefined ? '' : `, ${device.threads} thread(s)`
  const place = [device.backend + threads, device.adapter, device.agent].filter(Boolean).join(' · ')
  return {
    rows: rowsOf(entries),
    origin: `${place} · ${method} · model ${model} · ${episode} · ${startedAt.slice(0, 10)}`,
    ...(softwareAdapter && { caution: 'An emulated GPU: its times say nothing about a real one.' }),
  }
}

/** The file that holds a measurement, every sample kept. */
export function measurementFile(
  subject: BenchmarkSubject,
  samples: readonly BenchmarkSample[],
  timerUs: number,
): string {
  const content: z.input<typeof measurementSchema> = {
    kind: MEASUREMENT_KIND,
    version: MEASUREMENT_VERSION,
    subject,
    timerResolutionUs: timerUs,
    samples: [...samples],
  }
  return `${JSON.stringify(content, undefined, 1)}\n`
}

/**
 * Reads a measurement that this page or `specprune bench --json` has written.
 * @throws Error for people if it is neither
 */
export function readMeasurement(text: string): Measurement {
  let json: unknown
  try {
    json = JSON.parse(text)
  } catch (cause) {
    throw new Error('The file is not JSON. Open one that this page or "specprune bench --json" has written.', { cause })
  }
  const own = measurementSchema.safeParse(json)
  const read = own.success ? measurementOf(own.data.subject, own.data.samples) : undefined
  if (read) return read
  const bench = benchSchema.safeParse(json)
  if (!bench.success) {
    throw new Error('The file is not a measurement of this page or of "specprune bench --json".', {
      cause: bench.error,
    })
  }
  const { rows, machine } = bench.data
  return {
    rows: rowsOf(rows.map(({ id, samplesMs }) => ({ id, title: id, times: samplesMs }))),
    origin: `${machine.backend}, ${machine.threads} thread(s) · ${machine.processor}`,
    ...(machine.busy && { caution: 'The machine was busy when it was measured.' }),
  }
}

function rowsOf(entries: readonly { id: string; title: string; times: readonly number[] }[]): MeasuredRow[] {
  const dense = summariseLatency(entries.find(({ id }) => id === 'dense')?.times ?? [])
  return entries.flatMap(({ id, title, times }) => {
    const summary = summariseLatency(times)
    if (!summary) return []
    const { p50Ms, p95Ms, count } = summary
    const row = { id, title, p50Ms, p95Ms, count }
    return [dense && id !== 'dense' ? { ...row, speedUp: dense.p50Ms / p50Ms } : row]
  })
}

/** The smallest difference of two readings of a clock in microseconds, of some tries. */
export function timerResolutionUs(now: () => number = () => performance.now(), tries = 20): number {
  let smallest = Number.POSITIVE_INFINITY
  for (let i = 0; i < tries; i++) {
    const start = now()
    let reading = start
    while (reading === start) reading = now()
    smallest = Math.min(smallest, reading - start)
  }
  return 1000 * smallest
}
