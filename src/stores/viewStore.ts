import { create } from 'zustand'
import type { ScoreRows } from '../core/pruning/contract.ts'
import { SHARE_DEFAULTS } from '../core/share/state.ts'
import type { OverlayMode } from '../core/share/state.ts'

/** What the reader asked for; `system` follows the operating system. */
export type ThemeChoice = 'system' | 'light' | 'dark'

export interface ViewState {
  overlay: OverlayMode
  /** Layer that survival and scores are shown for; undefined: the last one. */
  layer: number | undefined
  scoreRows: ScoreRows
  /** Id of the pipeline stage that is painted instead of all sets, for example `2:global`. */
  paintedStage: string | undefined
  hoveredToken: number | undefined
  pinnedToken: number | undefined
  /** Whether the ground truth is outlined on top of the overlay. */
  outlineTruth: boolean
  /** True while the overlay is lifted to show the bare images. */
  bare: boolean
  theme: ThemeChoice
  /** Id of the tab that is open under the cameras. */
  tab: string
}

export interface ViewActions {
  setOverlay(overlay: OverlayMode): void
  setLayer(layer: number | undefined): void
  setScoreRows(rows: ScoreRows): void
  /** Paints one stage, or all sets again if it is painted already. */
  togglePaintedStage(stage: string): void
  clearPaintedStage(): void
  hoverToken(id: number | undefined): void
  /** Pins a token, or lets it go if it is pinned already. */
  togglePin(id: number): void
  setPin(id: number | undefined): void
  setOutlineTruth(outlined: boolean): void
  setBare(bare: boolean): void
  setTheme(theme: ThemeChoice): void
  setTab(tab: string): void
}

const DEFAULTS: ViewState = {
  overlay: 'sets',
  layer: undefined,
  scoreRows: 'text',
  paintedStage: undefined,
  hoveredToken: undefined,
  pinnedToken: undefined,
  outlineTruth: false,
  bare: false,
  theme: 'system',
  tab: SHARE_DEFAULTS.tab,
}

/** How the reader looks at a run. Nothing here changes a number. */
export const useViewStore = create<ViewState & ViewActions>((set) => ({
  ...DEFAULTS,
  setOverlay: (overlay) => set({ overlay, paintedStage: undefined }),
  setLayer: (layer) => set({ layer }),
  setScoreRows: (scoreRows) => set({ scoreRows }),
  togglePaintedStage: (stage) =>
    set((state) => ({ overlay: 'sets', paintedStage: state.paintedStage === stage ? undefined : stage })),
  clearPaintedStage: () => set({ paintedStage: undefined }),
  hoverToken: (hoveredToken) => set((state) => (state.hoveredToken === hoveredToken ? state : { hoveredToken })),
  togglePin: (id) => set((state) => ({ pinnedToken: state.pinnedToken === id ? undefined : id })),
  setPin: (pinnedToken) => set({ pinnedToken }),
  setOutlineTruth: (outlineTruth) => set({ outlineTruth }),
  setBare: (bare) => set({ bare }),
  setTheme: (theme) => set({ theme }),
  setTab: (tab) => set({ tab }),
}))
