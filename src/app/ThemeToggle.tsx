import { useViewStore } from '../stores/viewStore.ts'
import type { ThemeChoice } from '../stores/viewStore.ts'
import { ActionHint } from '../ui/ActionHint.tsx'
import { Icon } from '../ui/Icon.tsx'
import type { IconName } from '../ui/Icon.tsx'
import { NEXT_THEME } from './theme.ts'

const ICONS: Readonly<Record<ThemeChoice, IconName>> = { system: 'system', light: 'sun', dark: 'moon' }
const TITLES: Readonly<Record<ThemeChoice, string>> = { system: 'as the system', light: 'light', dark: 'dark' }

/** Goes through system, light and dark. */
export function ThemeToggle() {
  const theme = useViewStore((state) => state.theme)
  const { setTheme } = useViewStore.getState()
  const label = `Colours: ${TITLES[theme]}. Change to ${TITLES[NEXT_THEME[theme]]}`
  return (
    <ActionHint action="page.theme" text={label}>
      <button
        type="button"
        className="button"
        data-quiet
        data-icon
        aria-label={label}
        onClick={() => setTheme(NEXT_THEME[theme])}
        data-testid="theme-toggle"
      >
        <Icon name={ICONS[theme]} size={16} />
      </button>
    </ActionHint>
  )
}
