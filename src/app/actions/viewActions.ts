import { OVERLAY_MODES } from '../../core/share/state.ts'
import type { OverlayMode } from '../../core/share/state.ts'
import type { Action } from '../../stores/actions.ts'
import { toggleBrush } from '../../stores/brushStore.ts'
import { currentPolicyShape } from '../../stores/layout.ts'
import { useViewStore } from '../../stores/viewStore.ts'

const view = useViewStore.getState

const OVERLAY_TITLES: Readonly<Record<OverlayMode, string>> = {
  sets: 'Kept sets',
  survival: 'Survival depth',
  scores: 'Scores',
  truth: 'Ground truth',
}

/** What is painted on the cameras. */
export const VIEW_ACTIONS: readonly Action[] = [
  ...OVERLAY_MODES.map((mode, i): Action => ({
    id: `view.${mode}`,
    title: OVERLAY_TITLES[mode],
    group: 'View',
    keys: [String(i + 1)],
    words: 'overlay',
    run: () => view().setOverlay(mode),
  })),
  {
    id: 'view.bare',
    title: 'Bare images, or the overlay again',
    group: 'View',
    keys: ['0'],
    run: () => view().setBare(!view().bare),
  },
  {
    id: 'view.outline',
    title: 'Outline the ground truth, or stop',
    group: 'View',
    keys: ['g'],
    enabled: () => view().overlay !== 'truth',
    run: () => view().setOutlineTruth(!view().outlineTruth),
  },
  {
    id: 'view.brush',
    title: 'Take the brush, or put it away',
    group: 'View',
    keys: ['Shift+b'],
    words: 'counterfactual force keep drop paint',
    run: toggleBrush,
  },
  {
    id: 'view.layer-up',
    title: 'Show the next layer',
    group: 'View',
    keys: ['Shift+ArrowUp'],
    enabled: () => view().overlay !== 'truth',
    run: () => moveLayer(1),
  },
  {
    id: 'view.layer-down',
    title: 'Show the layer before',
    group: 'View',
    keys: ['Shift+ArrowDown'],
    enabled: () => view().overlay !== 'truth',
    run: () => moveLayer(-1),
  },
  {
    id: 'view.rows',
    title: 'Scores of the other rows: text or action',
    group: 'View',
    keys: ['x'],
    enabled: () => view().overlay === 'scores',
    run: () => view().setScoreRows(view().scoreRows === 'text' ? 'action' : 'text'),
  },
  {
    id: 'view.unpin',
    title: 'Unpin the token',
    group: 'View',
    keys: ['u'],
    enabled: () => view().pinnedToken !== undefined,
    run: () => view().setPin(undefined),
  },
]

function moveLayer(delta: 1 | -1): void {
  const { layer, overlay, setLayer } = view()
  const { layers } = currentPolicyShape()
  const lowest = overlay === 'scores' ? 1 : 0
  const next = Math.min(layers, Math.max(lowest, Math.min(layer ?? layers, layers) + delta))
  setLayer(next === layers ? undefined : next)
}
