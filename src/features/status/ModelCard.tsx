import { Progress } from 'radix-ui'
import { commands } from '../../stores/commands.ts'
import { useModelStore } from '../../stores/modelStore.ts'
import { useOfflineStore } from '../../stores/offlineStore.ts'
import { formatBytes } from '../../ui/format.ts'
import { ModelPicker } from './ModelPicker.tsx'
import styles from './status.module.css'
import { describeLoad } from './statusModel.ts'

/** The policy's weights: plan, progress, failure, and what to do about it. */
export function ModelCard() {
  const status = useModelStore((state) => state.load.status)
  return (
    <section className={styles.card} aria-label="Model" data-testid="model-card" data-status={status}>
      <h2 className="section-title">Policy</h2>
      <ModelPicker />
      <ModelState />
      <OfflineState />
    </section>
  )
}

/** Whether the next visit needs a network. */
function OfflineState() {
  const status = useOfflineStore((state) => state.status)
  if (status === 'unavailable') return null
  return (
    <p className="muted" data-testid="offline" data-status={status}>
      {status === 'ready' ? 'Opens without a network' : 'Keeping a copy for visits without a network…'}
    </p>
  )
}

function ModelState() {
  const load = useModelStore((state) => state.load)
  switch (load.status) {
    case 'idle':
      return <p className="muted">Not loaded yet</p>
    case 'planned':
      return (
        <>
          <p className="muted">
            {formatBytes(load.totalBytes)} to run it live here. {load.reason} Everything stays in your browser.
          </p>
          <StartButton title={`Load ${formatBytes(load.totalBytes)}`} />
        </>
      )
    case 'loading':
      return <Loading />
    case 'ready': {
      const { model } = load.model.manifest
      return (
        <p className="muted">
          {(model.parameters / 1e6).toFixed(model.parameters < 1e6 ? 2 : 1)} M parameters · {model.layers} layers
        </p>
      )
    }
    case 'cancelled':
      return (
        <>
          <p className="muted">Loading was cancelled. Recorded runs still work.</p>
          <StartButton title="Load" />
        </>
      )
    case 'failed':
      return (
        <div role="alert" className={styles.failure} data-testid="model-error">
          <p>{load.message}</p>
          <p className="muted">Recorded runs still work.</p>
          <StartButton title="Try again" />
        </div>
      )
  }
}

function StartButton({ title }: { title: string }) {
  return (
    <button
      type="button"
      className="button"
      data-primary
      onClick={() => commands().startLoad()}
      data-testid="load-model"
    >
      {title}
    </button>
  )
}

function Loading() {
  const load = useModelStore((state) => state.load)
  if (load.status !== 'loading') return null
  const { phase, share, detail } = describeLoad(load.progress, load.bytesPerSecond)
  return (
    <div className={styles.loading}>
      <p className={styles.phase}>
        <span role="status">{phase}…</span>
        <button
          type="button"
          className="button"
          data-quiet
          onClick={() => commands().cancelLoad()}
          data-testid="cancel-load"
        >
          Cancel
        </button>
      </p>
      <Progress.Root
        className={styles.bar}
        value={share === undefined ? null : Math.round(share * 100)}
        aria-label={phase}
        data-indeterminate={share === undefined ? '' : undefined}
      >
        <Progress.Indicator className={styles.fill} style={{ width: `${(share ?? 1) * 100}%` }} />
      </Progress.Root>
      <p className={`muted ${styles.detail}`} data-testid="load-detail">
        {detail || ' '}
      </p>
    </div>
  )
}
