import { useMemo, useRef, useState } from 'react'
import type { SelectorDefinition } from '../../core/pruning/contract.ts'
import type { ShareState } from '../../core/share/state.ts'
import {
  SHARE_PARTS,
  SHARE_PART_TITLES,
  buildShareUrl,
  describeShareState,
  offeredShareParts,
  selectShareParts,
} from './shareModel.ts'
import type { SharePart } from './shareModel.ts'
import styles from './share.module.css'

interface SharePanelProps {
  state: ShareState
  methods: readonly SelectorDefinition[]
  pageAddress: string
}

type CopyStatus = 'idle' | 'copied' | 'failed'

const COPY_MESSAGES: Readonly<Record<CopyStatus, string>> = {
  idle: '',
  copied: 'Copied.',
  failed: 'The browser does not allow copying here. The link is selected: press Ctrl+C or ⌘C.',
}

/** The link, what it contains and what may be left out. */
export function SharePanel({ state, methods, pageAddress }: SharePanelProps) {
  const field = useRef<HTMLTextAreaElement>(null)
  const [parts, setParts] = useState<ReadonlySet<SharePart>>(new Set(SHARE_PARTS))
  const [status, setStatus] = useState<CopyStatus>('idle')
  const chosen = useMemo(() => selectShareParts(state, parts), [state, parts])
  const url = buildShareUrl(pageAddress, chosen)

  const toggle = (part: SharePart) => {
    const next = new Set(parts)
    if (!next.delete(part)) next.add(part)
    setParts(next)
    setStatus('idle')
  }
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(url)
      setStatus('copied')
    } catch {
      // No clipboard outside https, or the reader said no.
      field.current?.focus()
      field.current?.select()
      setStatus('failed')
    }
  }

  return (
    <div className={styles.content}>
      <h2 className={styles.title}>Share this view</h2>
      <textarea
        ref={field}
        className={styles.url}
        aria-label="Link"
        readOnly
        rows={4}
        value={url}
        onFocus={(event) => event.currentTarget.select()}
      />
      <div className={styles.actions}>
        <button type="button" className={styles.copy} onClick={() => void copy()}>
          Copy link
        </button>
        <span role="status" className={styles.status}>
          {COPY_MESSAGES[status]}
        </span>
      </div>
      <fieldset className={styles.parts}>
        <legend>Include</legend>
        {offeredShareParts(state).map((part) => (
          <label key={part}>
            <input type="checkbox" checked={parts.has(part)} onChange={() => toggle(part)} /> {SHARE_PART_TITLES[part]}
          </label>
        ))}
      </fieldset>
      <dl className={styles.rows}>
        {describeShareState(chosen, methods).map(({ label, value }) => (
          <div key={label}>
            <dt>{label}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
      <p className={styles.note}>
        {url.length} characters. Everything is in the link itself; nothing is sent to a server. Models and data are
        named by hash, so the page says when they differ.
      </p>
    </div>
  )
}
