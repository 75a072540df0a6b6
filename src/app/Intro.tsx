import { useState } from 'react'
import { Icon } from '../ui/Icon.tsx'
import styles from './app.module.css'

const STORAGE_KEY = 'intro-read'

/** What a newcomer is looking at, in three sentences; gone for good once dismissed. */
export function Intro() {
  const [read, setRead] = useState(wasRead)
  if (read) return null
  const dismiss = () => {
    setRead(true)
    try {
      localStorage.setItem(STORAGE_KEY, 'yes')
    } catch {
      // Storage may be closed to the page; the strip then comes back next time.
    }
  }
  return (
    <div className={styles.intro} data-testid="intro">
      <p>
        A robot policy looks at two cameras, cut into squares: its visual tokens. Bright squares are kept, framed in the
        colour of the set that kept them; hatched squares are dropped before they cost time. Move a slider of the method
        to see other choices at once, then the policy runs again in your browser.
      </p>
      <button
        type="button"
        className="button"
        data-quiet
        data-icon
        aria-label="Dismiss the introduction"
        onClick={dismiss}
      >
        <Icon name="close" />
      </button>
    </div>
  )
}

function wasRead(): boolean {
  try {
    return localStorage.getItem(STORAGE_KEY) !== null
  } catch {
    return false
  }
}
