import { selectorRegistry } from '../core/pruning/registry.ts'
import { ShareButton } from '../features/share/ShareButton.tsx'
import { DeviceBadges } from '../features/status/DeviceBadges.tsx'
import { useEpisodeFrames, useSelectedEntry } from '../stores/episodeStore.ts'
import styles from './app.module.css'
import { readShareState } from './controllers/shareLink.ts'
import { KeyboardHelp } from './KeyboardHelp.tsx'
import { Palette } from './Palette.tsx'
import { ThemeToggle } from './ThemeToggle.tsx'

/** What is open, what it runs on, and the page's own controls. */
export function Header() {
  const entry = useSelectedEntry()
  const frames = useEpisodeFrames()
  return (
    <header className={styles.header}>
      <h1 className={styles.wordmark}>
        SpecPrune <span>Playground</span>
      </h1>
      <p className={styles.instruction} data-testid="instruction">
        {frames?.instruction ?? entry?.instruction ?? ''}
      </p>
      <div className={styles.badges}>
        <DeviceBadges />
      </div>
      <div className={styles.actions}>
        <ShareButton readState={readShareState} methods={selectorRegistry} />
        <Palette />
        <ThemeToggle />
        <KeyboardHelp />
      </div>
    </header>
  )
}
