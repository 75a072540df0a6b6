import { Progress } from 'radix-ui'
import { commands } from '../../stores/commands.ts'
import { useRunStore } from '../../stores/runStore.ts'
import styles from './status.module.css'

/** The live run over the whole episode: how far, and a way to stop it. */
export function RunProgress() {
  const progress = useRunStore((state) => state.progress)
  switch (progress.status) {
    case 'idle':
      return null
    case 'queued':
      return (
        <span className={styles.run} data-testid="run-progress" data-status="queued">
          waiting for the slider
        </span>
      )
    case 'running': {
      const share = progress.total > 0 ? Math.min(1, progress.done / progress.total) : 0
      return (
        <span className={styles.run} data-testid="run-progress" data-status="running">
          <Progress.Root className={styles.bar} value={Math.round(share * 100)} aria-label="Live run">
            <Progress.Indicator className={styles.fill} style={{ width: `${share * 100}%` }} />
          </Progress.Root>
          {progress.done}/{progress.total}
          <button type="button" className="button" onClick={() => commands().cancelRun()} data-testid="cancel-run">
            Cancel
          </button>
        </span>
      )
    }
    case 'done':
      return (
        <span className={styles.run} data-testid="run-progress" data-status="done">
          {progress.total} queries
        </span>
      )
    case 'aborted':
    case 'failed':
      return (
        <span className={styles.run} data-testid="run-progress" data-status={progress.status}>
          <span role={progress.status === 'failed' ? 'alert' : undefined} className={styles.problem}>
            {progress.status === 'failed' ? `The run failed. ${progress.message}` : 'Run cancelled'}
          </span>
          <button type="button" className="button" onClick={() => commands().runLive()} data-testid="run-again">
            Run
          </button>
        </span>
      )
  }
}
