import { useModelStore } from '../../stores/modelStore.ts'
import { useNoticeStore } from '../../stores/noticeStore.ts'
import type { Notice } from '../../stores/noticeStore.ts'
import { Icon } from '../../ui/Icon.tsx'
import styles from './status.module.css'

/** Things that a reader should know before trusting the screen; each stays until it is dismissed. */
export function Notices() {
  const notices = useNoticeStore((state) => state.notices)
  const backendNote = useModelStore((state) => state.backendNote)
  const { dismiss } = useNoticeStore.getState()
  const { dismissBackendNote } = useModelStore.getState()
  return (
    <div className={styles.notices} aria-live="polite">
      {backendNote !== undefined && (
        <Note testId="backend-note" title={backendNote} lines={[]} onDismiss={dismissBackendNote} />
      )}
      {notices.map(({ id, title, lines, action }) => (
        <Note
          key={id}
          testId={`notice-${id}`}
          title={title}
          lines={lines}
          action={action}
          onDismiss={() => dismiss(id)}
        />
      ))}
    </div>
  )
}

interface NoteProps {
  testId: string
  title: string
  lines: readonly string[]
  action?: Notice['action']
  onDismiss(): void
}

function Note(props: NoteProps) {
  return (
    <div className={styles.notice} data-testid={props.testId}>
      <div>
        <b>{props.title}</b>
        {props.lines.length > 0 && (
          <ul>
            {props.lines.map((line) => (
              <li key={line}>{line}</li>
            ))}
          </ul>
        )}
        {props.action && (
          <button type="button" className="button" onClick={props.action.run}>
            {props.action.title}
          </button>
        )}
      </div>
      <button type="button" className="button" data-quiet data-icon aria-label="Dismiss" onClick={props.onDismiss}>
        <Icon name="close" />
      </button>
    </div>
  )
}
