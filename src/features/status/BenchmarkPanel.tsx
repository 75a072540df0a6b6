import { useMemo, useState } from 'react'
import { useBenchmarkStore } from '../../stores/benchmarkStore.ts'
import { commands } from '../../stores/commands.ts'
import { useLoadedModel } from '../../stores/modelStore.ts'
import { useEpisodeFrames } from '../../stores/episodeStore.ts'
import { formatMs } from '../../ui/format.ts'
import { SampleStrip } from '../../ui/SampleStrip.tsx'
import styles from './status.module.css'
import { benchmarkScaleMs, describeDevice, describeSpeedUp, summariseBenchmark } from './statusModel.ts'
import type { BenchmarkRow } from './statusModel.ts'

const ROUNDS = [20, 60, 200] as const

/** Measures dense against pruned on this device, interleaved, and prints what a paper would need. */
export function BenchmarkPanel() {
  const { state, subject, samples } = useBenchmarkStore()
  const model = useLoadedModel()
  const episode = useEpisodeFrames()
  const [rounds, setRounds] = useState<number>(ROUNDS[1])
  const running = state.status === 'running'
  const rows = useMemo(() => summariseBenchmark(samples, !running), [samples, running])
  const done = samples.filter(({ engine }) => engine === 'dense').length
  return (
    <section className={styles.benchmark} aria-label="Measure here" data-testid="benchmark" data-status={state.status}>
      <p className="muted">
        Each round runs the dense graph, the layered engine that keeps all, and the panel’s method on the same frame in
        random order. Times are everything between observation and action; warm-up rounds are thrown away.
      </p>
      <div className={styles.benchmarkControls}>
        <label>
          Rounds{' '}
          <select value={rounds} onChange={(event) => setRounds(Number(event.target.value))} disabled={running}>
            {ROUNDS.map((option) => (
              <option key={option}>{option}</option>
            ))}
          </select>
        </label>
        {running ? (
          <button type="button" className="button" onClick={() => commands().cancelBenchmark()}>
            Cancel
          </button>
        ) : (
          <button
            type="button"
            className="button"
            data-primary
            disabled={!model || !episode}
            onClick={() => commands().startBenchmark(rounds)}
            data-testid="start-benchmark"
          >
            Measure here
          </button>
        )}
        <span role="status">{running && subject ? `round ${done} of ${subject.rounds}` : ''}</span>
      </div>
      {!model && <p className="muted">Load the policy first.</p>}
      {state.status === 'failed' && (
        <p role="alert" className={styles.problem}>
          The measurement failed. {state.message}
        </p>
      )}
      {state.status === 'aborted' && (
        <p className="muted">
          Stopped after {done} of {subject?.rounds ?? 0} rounds: cancelled, or the settings changed.
        </p>
      )}
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
