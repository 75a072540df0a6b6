import { createLayout } from '../core/tokens/layout.ts'
import type { TokenLayout } from '../core/tokens/layout.ts'
import { VIEW_IDS } from '../core/schema/observation.ts'
import { useModelStore } from './modelStore.ts'
import type { ModelState } from './modelStore.ts'
import { useRunStore } from './runStore.ts'
import type { RunState } from './runStore.ts'

/** Layers, tokens and layout of the policy that is on the screen. */
export interface PolicyShape {
  layout: TokenLayout
  layers: number
  visualTokens: number
}

/** Shape before anything is known: the sizes that this project's policies have. */
const USUAL: PolicyShape = { layout: squareLayout(512), layers: 12, visualTokens: 512 }

let remembered: { layers: number; visualTokens: number; shape: PolicyShape } | undefined

/** Shape of the loaded model, else of the run on the screen. The same sizes give the same object. */
export function policyShape(model: ModelState, runs: RunState): PolicyShape {
  if (model.load.status === 'ready') {
    const { manifest } = model.load.model
    const visualTokens = manifest.layout.segments.reduce(
      (sum, segment) => (segment.kind === 'visual' ? sum + segment.rows * segment.columns : sum),
      0,
    )
    return remember(manifest.model.layers, visualTokens, () => manifest.layout)
  }
  const run = runs.recorded ?? runs.live?.run
  if (!run) return USUAL
  return remember(run.model.layers, run.model.visualTokens, () => squareLayout(run.model.visualTokens))
}

/** {@link policyShape} of the stores. */
export function usePolicyShape(): PolicyShape {
  const model = useModelStore()
  return useRunStore((runs) => policyShape(model, runs))
}

/** {@link policyShape} outside React. */
export function currentPolicyShape(): PolicyShape {
  return policyShape(useModelStore.getState(), useRunStore.getState())
}

function remember(layers: number, visualTokens: number, layout: () => TokenLayout): PolicyShape {
  if (remembered?.layers !== layers || remembered.visualTokens !== visualTokens) {
    remembered = { layers, visualTokens, shape: { layout: layout(), layers, visualTokens } }
  }
  return remembered.shape
}

/** All views with equal square grids: what a run record, which names only a count, stands for. */
function squareLayout(visualTokens: number): TokenLayout {
  const side = Math.round(Math.sqrt(visualTokens / VIEW_IDS.length))
  return createLayout({ views: VIEW_IDS.map((view) => ({ view, rows: side, columns: side })), words: 1, queries: 8 })
}
