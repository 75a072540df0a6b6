import type { Manifest } from '../core/schema/manifest.ts'
import { VIEW_IDS } from '../core/schema/observation.ts'
import { createLayout, visualTokenCount } from '../core/tokens/layout.ts'
import type { TokenLayout } from '../core/tokens/layout.ts'
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

/** Words of an instruction in this project's first suite; a run record does not tell. */
const USUAL_WORDS = 7

/** Shape before anything is known: the sizes that this project's policies have. */
const USUAL: PolicyShape = { layout: squareLayout(512), layers: 12, visualTokens: 512 }

/** One shape for each model that was loaded, so that the same model gives the same object. */
const ofModels = new WeakMap<Manifest, PolicyShape>()

let ofRun: PolicyShape = USUAL

/** Shape of the loaded model, else of the run on the screen. What has not changed gives the same object. */
export function policyShape(model: ModelState, runs: RunState): PolicyShape {
  if (model.load.status === 'ready') return shapeOf(model.load.model.manifest)
  const run = runs.recorded ?? runs.live?.run
  if (!run) return USUAL
  const { layers, visualTokens } = run.model
  if (ofRun.layers !== layers || ofRun.visualTokens !== visualTokens) {
    ofRun = { layout: squareLayout(visualTokens), layers, visualTokens }
  }
  return ofRun
}

function shapeOf(manifest: Manifest): PolicyShape {
  const { layout, model } = manifest
  const known = ofModels.get(manifest) ?? { layout, layers: model.layers, visualTokens: visualTokenCount(layout) }
  ofModels.set(manifest, known)
  return known
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

/** All views with equal square grids: what a run record, which names only a count, stands for. */
function squareLayout(visualTokens: number): TokenLayout {
  const side = Math.round(Math.sqrt(visualTokens / VIEW_IDS.length))
  return createLayout({
    views: VIEW_IDS.map((view) => ({ view, rows: side, columns: side })),
    words: USUAL_WORDS,
    queries: 8,
  })
}
