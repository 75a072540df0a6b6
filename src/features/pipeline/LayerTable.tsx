import { useMemo } from 'react'
import { selectorRegistry } from '../../core/pruning/registry.ts'
import { useMeasuredRun } from '../../stores/runStore.ts'
import { useCurrentQuery } from '../../stores/shownQuery.ts'
import { formatShare } from '../../ui/format.ts'
import { TableTwin } from '../../ui/TableTwin.tsx'
import { describeLayers } from './layersModel.ts'
import styles from './pipeline.module.css'

/** What each layer of the query on the screen really ran on, and what that is worth. */
export function LayerTable() {
  const current = useCurrentQuery()
  const measured = useMeasuredRun()
  const model = useMemo(() => {
    if (!current) return undefined
    const definition = selectorRegistry.find(({ id }) => id === current.run.method.id)
    return describeLayers(current.run, current.query, definition?.removal ?? 'remove')
  }, [current])
  if (!model || !current) return <p className="muted">No query is on the screen yet.</p>
  // A preview ran nothing: times are those of the last run.
  const gain =
    current.origin === 'preview' && measured
      ? describeLayers(measured.run, measured.run.queries[0], 'remove').measuredGain
      : model.measuredGain
  return (
    <section className={styles.layers} aria-label="Layers" data-testid="layers">
      <dl className={styles.gains}>
        <div>
          <dt>Multiply-accumulates of the layers</dt>
          <dd>
            {giga(model.macs)} <small>of {giga(model.denseMacs)} dense</small>
          </dd>
        </div>
        <div>
          <dt>Expected gain, if time followed them</dt>
          <dd>{Number.isFinite(model.expectedGain) ? `${model.expectedGain.toFixed(2)}×` : '–'}</dd>
        </div>
        <div>
          <dt>Measured gain, median over the run</dt>
          <dd>
            {gain === undefined ? '–' : `${gain.toFixed(2)}×`}{' '}
            <small>
              {current.origin === 'preview' ? 'of the last run' : `${current.origin}, ${current.run.device.backend}`}
            </small>
          </dd>
        </div>
      </dl>
      {model.remark && <p className={styles.remark}>{model.remark}</p>}
      <TableTwin
        open
        caption={`Query at frame ${current.query.step}, from the lengths that ran`}
        columns={['Layer', 'Length', 'Visual', 'Removed before it', 'Masked', 'MACs (million)', 'Of dense']}
        fileName="layers"
        readRows={() =>
          model.rows.map(({ layer, length, visual, removed, masked, macs, share }) => ({
            key: layer,
            cells: [layer, length, visual, removed, masked, (macs / 1e6).toFixed(1), formatShare(share, 1)],
          }))
        }
      />
      <p className="muted">
        Counted from real lengths: (4 D² + 2 D F) T + 2 T² D per layer. Embedding and action head are the same for every
        method and are left out.
      </p>
    </section>
  )
}

function giga(macs: number): string {
  return `${(macs / 1e9).toFixed(3)} G`
}
