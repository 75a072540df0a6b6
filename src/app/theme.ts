import { useViewStore } from '../stores/viewStore.ts'
import type { ThemeChoice } from '../stores/viewStore.ts'

const STORAGE_KEY = 'theme'

/** The choice after each, where one button goes through all. */
export const NEXT_THEME: Readonly<Record<ThemeChoice, ThemeChoice>> = { system: 'light', light: 'dark', dark: 'system' }

/** Resolves the theme onto the document now and whenever the choice or the system's preference changes. */
export function startTheme(): void {
  const dark = window.matchMedia('(prefers-color-scheme: dark)')
  const apply = () => {
    const { theme } = useViewStore.getState()
    document.documentElement.dataset.theme = theme === 'system' ? (dark.matches ? 'dark' : 'light') : theme
  }
  useViewStore.getState().setTheme(readChoice())
  useViewStore.subscribe((state, before) => {
    if (state.theme === before.theme) return
    apply()
    storeChoice(state.theme)
  })
  dark.addEventListener('change', apply)
  apply()
}

function readChoice(): ThemeChoice {
  try {
    const stored = localStorage.getItem(STORAGE_KEY)
    return stored === 'light' || stored === 'dark' ? stored : 'system'
  } catch {
    // Storage may be closed to the page.
    return 'system'
  }
}

function storeChoice(theme: ThemeChoice): void {
  try {
    if (theme === 'system') localStorage.removeItem(STORAGE_KEY)
    else localStorage.setItem(STORAGE_KEY, theme)
  } catch {
    // The choice then lasts as long as the page.
  }
}
