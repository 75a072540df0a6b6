import { useMemo } from 'react'
import { useBenchmarkStore } from '../../stores/benchmarkStore.ts'
import { formatMs } from '../../ui/format.ts'
import { MeasureControls } from '../../ui/MeasureControls.tsx'
import { SampleStrip } from '../../ui/SampleStrip.tsx'
import styles from './status.module.css'
import { benchmarkScaleMs, describeDevice, describeSpeedUp, summariseBenchmark } from './statusModel.ts'
import type { BenchmarkRow } from './statusModel.ts'

/** Measures dense against pruned on this device, interleaved, and prints what a paper would need. */
export function BenchmarkPanel() {
  const { state, subject, samples } = useBenchmarkStore()
  const running = state.status === 'running'
  const rows = useMemo(() => summariseBenchmark(samples, !running), [samples, running])
  return (
    <section className={styles.benchmark} aria-label="Measure here" data-testid="benchmark" data-status={state.status}>
      <p className="muted">
        Each round runs the dense graph, the layered engine that keeps all, and the panel’s method on the same frame in
        random order. Times are everything between observation and action; warm-up rounds are thrown away.
      </p>
      <MeasureControls title="Measure here" />
      {rows.length > 0 && subject && (
        <>
          <table className={styles.table} data-testid="benchmark-results">
            <thead>
              <tr>
                <th scope="col">Engine</th>
                <th scope="col">p50</th>
                <th scope="col">p95</th>
                <th scope="col">n</th>
                <th scope="col">dense / this</th>
              </tr>
            </thead>
            <tbody>
              {rows.map(({ engine, title, summary, speedUp, interval }) => (
                <tr
                  key={engine}
                  data-testid={`benchmark-${engine}`}
                  data-p50={summary.p50Ms}
                  data-p95={summary.p95Ms}
                  data-n={summary.count}
                  data-ratio={speedUp}
                  data-ratio-low={interval?.low}
                  data-ratio-high={interval?.high}
                >
                  <th scope="row">{title}</th>
                  <td>{formatMs(summary.p50Ms)}</td>
                  <td>{formatMs(summary.p95Ms)}</td>
                  <td>{summary.count}</td>
                  <td>{describeSpeedUp({ speedUp, interval })}</td>
                </tr>
              ))}
            </tbody>
          </table>
          <Samples rows={rows} />
          <p className="muted">
            Live · {describeDevice(subject.device)} · {subject.device.agent} · {subject.method} · model {subject.model}{' '}
            · {subject.episode} · {subject.startedAt.slice(0, 10)}
            {subject.softwareAdapter && ' · emulated GPU: says nothing about a real one'}
          </p>
        </>
      )}
    </section>
  )
}

const COLOURS: Readonly<Record<BenchmarkRow['engine'], string>> = {
  dense: 'var(--color-text-muted)',
  'keep-all': 'var(--color-accent-2)',
  pruned: 'var(--color-accent)',
  fused: 'var(--color-text)',
}

/** Every sample of every engine on one scale. */
function Samples({ rows }: { rows: readonly BenchmarkRow[] }) {
  const { maxMs, clipped } = benchmarkScaleMs(rows)
  const strips = rows.map(({ engine, samplesMs, summary }) => ({
    title: engine,
    samplesMs,
    summary,
    colour: COLOURS[engine],
  }))
  return (
    <figure className={styles.samples} data-testid="benchmark-samples">
      <SampleStrip strips={strips} maxMs={maxMs} width={560} />
      <figcaption className="muted">
        Every sample; thick p50, dashed p95.
        {clipped > 0 && ` ${clipped} beyond the right end are drawn at it.`} The numbers are in the table.
      </figcaption>
    </figure>
  )
}
