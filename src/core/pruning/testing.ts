import { createRandom, type Random } from '../random.ts'
import type { Observation, RgbImage, ViewId } from '../schema/observation.ts'
import { visualSegments, visualTokenCount, type TokenLayout } from '../tokens/layout.ts'
import type { ExecutedStep, HiddenRows, KeepDecision, QueryInput, SelectorSession } from './contract.ts'
import { tokenRange, type TokenSet } from './sets.ts'

/** Material for tests of selectors: noise images and noise attention, the same for the same numbers. */

const PATCH_PIXELS = 2

/** A noise image for each view; at each step about a third of the patches differ from the step before. */
export function noiseImages(layout: TokenLayout, step: number, patchPixels = PATCH_PIXELS): Record<ViewId, RgbImage> {
  const images: Partial<Record<ViewId, RgbImage>> = {}
  for (const { view, rows, columns, start } of visualSegments(layout)) {
    const width = columns * patchPixels
    const height = rows * patchPixels
    const data = new Uint8Array(width * height * 3)
    for (let patch = 0; patch < rows * columns; patch++) {
      const random = createRandom(1000 * (start + patch) + Math.floor((step + patch) / 3))
      fillPatch(data, width, patchPixels, Math.floor(patch / columns), patch % columns, random)
    }
    images[view] = { width, height, data }
  }
  const { front, wrist } = images
  if (!front || !wrist) throw new Error('Tests use layouts with both views.')
  return { front, wrist }
}

function fillPatch(data: Uint8Array, width: number, size: number, row: number, column: number, random: Random): void {
  for (let y = 0; y < size; y++) {
    const start = ((row * size + y) * width + column * size) * 3
    for (let i = 0; i < size * 3; i++) data[start + i] = Math.floor(256 * random())
  }
}

/** Relevance masks of noise: about a third of the patches show something. */
function noiseRelevance(layout: TokenLayout, step: number): NonNullable<Observation['relevance']> {
  const masks: NonNullable<Observation['relevance']> = { front: new Uint8Array(), wrist: new Uint8Array() }
  for (const { view, rows, columns } of visualSegments(layout)) {
    const random = createRandom(7919 + step)
    masks[view] = Uint8Array.from({ length: rows * columns }, () =>
      random() < 0.3 ? 1 + Math.floor(15 * random()) : 0,
    )
  }
  return masks
}

/** The input of a query at a step of an episode whose frames are {@link noiseImages}. */
export function queryInput(
  layout: TokenLayout,
  step: number,
  options: { instruction?: string; executedActions?: readonly Float32Array[]; patchPixels?: number } = {},
): QueryInput {
  const { instruction = 'lift the cube', executedActions = [], patchPixels } = options
  const observation: Observation = {
    images: noiseImages(layout, step, patchPixels),
    proprio: new Float32Array(8),
    instruction,
    relevance: noiseRelevance(layout, step),
  }
  return {
    step,
    observation,
    imagesAt: (stepsBack) => (stepsBack <= step ? noiseImages(layout, step - stepsBack, patchPixels) : undefined),
    executedActions,
  }
}

/** Attention noise over all visual tokens; `levels` below about 50 makes many ties. */
export function noiseScores(visualTokens: number, seed: number, levels = 4096): Float32Array {
  const random = createRandom(seed)
  return Float32Array.from({ length: visualTokens }, () => (1 + Math.floor(levels * random())) / 65536)
}

/** Hidden states of noise for the surviving tokens and the fixed ones; a token's row is the same at every length. */
export function noiseHidden(layout: TokenLayout, ids: TokenSet, layer: number, width = 8): HiddenRows {
  const visual = visualTokenCount(layout)
  const fixed = tokenRange(visual, layout.length - visual)
  const values = new Float32Array((ids.length + fixed.length) * width)
  ;[...ids, ...fixed].forEach((id, row) => {
    const random = createRandom(100_000 * (layer + 1) + id)
    for (let i = 0; i < width; i++) values[row * width + i] = 2 * random() - 1
  })
  return { values, width }
}

/** Decisions and survivors of one query on noise scores, `afterQuery` included. */
export function runQuery(
  session: SelectorSession,
  layout: TokenLayout,
  layers: number,
  input: QueryInput,
  scoresAt: (layer: number) => Float32Array = (layer) => noiseScores(visualTokenCount(layout), layer),
): { decisions: { layer: number; ids: TokenSet; decision: KeepDecision }[]; survivors: TokenSet } {
  session.beforeQuery(input)
  const all = tokenRange(0, visualTokenCount(layout))
  const denseSignals = () =>
    Array.from({ length: layers + 1 }, (_, layer) => {
      const scores = layer > 0 ? scoresAt(layer) : undefined
      return { layer, ids: all, text: scores, action: scores, hidden: noiseHidden(layout, all, layer) }
    })
  if (session.plan.densePass?.moment === 'before') session.afterDense?.(denseSignals())
  const decisions: { layer: number; ids: TokenSet; decision: KeepDecision }[] = []
  let ids = tokenRange(0, visualTokenCount(layout))
  for (let layer = 0; layer <= layers; layer++) {
    const byId = layer > 0 ? scoresAt(layer) : undefined
    const scores = byId && Float32Array.from(ids, (id) => byId[id])
    const hidden = session.plan.hiddenLayers?.includes(layer) ? noiseHidden(layout, ids, layer) : undefined
    const decision = session.afterLayer({ layer, ids, text: scores, action: scores, ...(hidden ? { hidden } : {}) })
    if (!decision) continue
    decisions.push({ layer, ids, decision })
    ids = decision.keep
  }
  if (session.plan.densePass?.moment === 'after' && decisions.length > 0) session.afterDense?.(denseSignals())
  session.afterQuery({ chunk: new Float32Array(56), survivors: ids })
  return { decisions, survivors: ids }
}

/** An executed action. @param remaining actions of the chunk that are left */
export function executed(action: readonly number[], remaining: number): ExecutedStep {
  return { action: Float32Array.from(action), remaining }
}
