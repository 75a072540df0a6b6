import { useMemo, useRef, useState } from 'react'
import { useBenchmarkStore } from '../../stores/benchmarkStore.ts'
import { useModelStore } from '../../stores/modelStore.ts'
import { downloadFile } from '../../ui/download.ts'
import { formatMs } from '../../ui/format.ts'
import { MeasureControls } from '../../ui/MeasureControls.tsx'
import { GainCalculator } from './GainCalculator.tsx'
import styles from './device.module.css'
import { measurementFile, measurementOf, readMeasurement, timerResolutionUs, type Measurement } from './deviceModel.ts'

/** What runs the policy here, how fast, and how that compares with somebody else's measurement. */
export function DevicePanel() {
  const { state, subject, samples } = useBenchmarkStore()
  const [theirs, setTheirs] = useState<Measurement | undefined>()
  const [problem, setProblem] = useState<string | undefined>()
  const yours = useMemo(() => measurementOf(subject, samples), [subject, samples])
  const timerUs = useMemo(() => timerResolutionUs(), [])
  const running = state.status === 'running'

  async function open(file: File | undefined): Promise<void> {
    if (!file) return
    try {
      setTheirs(readMeasurement(await file.text()))
      setProblem(undefined)
    } catch (error) {
      setProblem(error instanceof Error ? error.message : String(error))
    }
  }

  return (
    <section className={styles.device} aria-label="Device" data-testid="device" data-status={state.status}>
      <DeviceFacts timerUs={timerUs} />
      <MeasureControls title="Measure this device">
        <button
          type="button"
          className="button"
          disabled={running || !subject || !yours}
          onClick={() => {
            if (subject)
              downloadFile('measurement.json', measurementFile(subject, samples, timerUs), 'application/json')
          }}
        >
          Save measurement
        </button>
        <OpenButton onFile={(file) => void open(file)} />
      </MeasureControls>
      {problem !== undefined && (
        <p role="alert" className={styles.problem}>
          {problem}
        </p>
      )}
      {yours && <MeasurementTable title="Yours" measurement={yours} />}
      {theirs && <MeasurementTable title="Theirs" measurement={theirs} />}
      <GainCalculator />
    </section>
  )
}

function DeviceFacts({ timerUs }: { timerUs: number }) {
  const choice = useModelStore((model) => model.choice)
  const facts: readonly [string, string][] = [
    ['Backend', choice?.rung ?? 'none yet'],
    ['Adapter', choice?.device.adapter ?? 'none in use'],
    ['Threads of WebAssembly', choice?.device.threads === undefined ? 'not used' : String(choice.device.threads)],
    ['Cores that the browser reports', String(navigator.hardwareConcurrency)],
    ['Cross-origin isolated', crossOriginIsolated ? 'yes: threads and a fine clock' : 'no: one thread, a coarse clock'],
    ['Smallest step of the clock', `${timerUs.toPrecision(2)} µs`],
    ['Browser', choice?.device.agent ?? navigator.userAgent],
  ]
  return (
    <>
      <dl className={styles.facts}>
        {facts.map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
      {choice?.softwareAdapter === true && (
        <p className={styles.problem}>This GPU is emulated on the processor: its times say nothing about a real one.</p>
      )}
    </>
  )
}

function OpenButton({ onFile }: { onFile: (file: File | undefined) => void }) {
  const input = useRef<HTMLInputElement>(null)
  return (
    <>
      <button type="button" className="button" onClick={() => input.current?.click()}>
        Open a measurement
      </button>
      <input
        ref={input}
        type="file"
        accept="application/json,.json"
        hidden
        aria-label="Measurement file"
        onChange={(event) => {
          onFile(event.target.files?.[0])
          event.target.value = ''
        }}
      />
    </>
  )
}

function MeasurementTable({ title, measurement }: { title: string; measurement: Measurement }) {
  const { rows, origin, caution } = measurement
  return (
    <div className={styles.measurement}>
      <table>
        <caption>
          {title} <span className="muted">· {origin}</span>
        </caption>
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
          {rows.map((row) => (
            <tr key={row.id}>
              <th scope="row">{row.title}</th>
              <td>{formatMs(row.p50Ms)}</td>
              <td>{formatMs(row.p95Ms)}</td>
              <td>{row.count}</td>
              <td>{row.speedUp === undefined ? '1' : `${row.speedUp.toFixed(2)}×`}</td>
            </tr>
          ))}
        </tbody>
      </table>
      {caution !== undefined && <p className={styles.problem}>{caution}</p>}
    </div>
  )
}
