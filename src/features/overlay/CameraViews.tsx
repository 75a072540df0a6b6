import { visualSegments } from '../../core/tokens/layout.ts'
import { useEpisodeStore } from '../../stores/episodeStore.ts'
import { usePolicyShape } from '../../stores/layout.ts'
import { BrushBar } from './BrushBar.tsx'
import { CameraView } from './CameraView.tsx'
import { Legend } from './Legend.tsx'
import { OverlayToolbar } from './OverlayToolbar.tsx'
import { SequenceStrip } from './SequenceStrip.tsx'
import styles from './overlay.module.css'

/** Both cameras with the overlay, what it shows and what its colours mean. */
export function CameraViews() {
  const { layout, layers } = usePolicyShape()
  const load = useEpisodeStore((state) => state.load)
  return (
    <section className={styles.views} aria-label="Cameras">
      <OverlayToolbar layers={layers} />
      <div className={styles.pair} data-loading={load.status === 'loading' ? '' : undefined}>
        {visualSegments(layout).map((segment) => (
          <CameraView key={segment.view} segment={segment} />
        ))}
        {load.status === 'failed' && (
          <p className={styles.failure} role="alert">
            This episode cannot be shown. {load.message}
          </p>
        )}
      </div>
      <Legend />
      <SequenceStrip />
      <BrushBar />
    </section>
  )
}
