import type { ScoreRows } from '../../core/pruning/contract.ts'
import type { OverlayMode } from '../../core/share/state.ts'
import { findScores } from '../../core/tokens/attention.ts'
import type { StackedScores } from '../../core/tokens/attention.ts'
import { survivorsAfter } from '../../core/tokens/decodedQuery.ts'
import type { DecodedQuery } from '../../core/tokens/decodedQuery.ts'
import { RELEVANCE_TITLES } from '../../stores/relevance.ts'
import { formatScore } from '../../ui/format.ts'
import { tokenSetStyle } from '../../ui/tokenSets.ts'
import type { OverlaySet, PaintPlan, TokenState } from '../../ui/tokens/plan.ts'

export type OverlayLegend =
  | { kind: 'sets'; sets: readonly OverlaySet[]; droppedFirst: number; droppedLater: number }
  | { kind: 'steps'; title: string; steps: readonly { label: string; heat: number; count: number }[] }
  | { kind: 'scale'; title: string; low: string; high: string; normalisation: string }
  | { kind: 'truth'; sets: readonly OverlaySet[] }
  | { kind: 'message'; text: string }

/** What is painted and what the legend says about it. */
export interface OverlayPlan extends PaintPlan {
  legend: OverlayLegend
}

export interface OverlaySettings {
  mode: OverlayMode
  /** Undefined: the last layer. */
  layer: number | undefined
  rows: ScoreRows
  /** Stage of the pipeline line that is painted instead of all sets. */
  paintedStage: string | undefined
  /** Whether what the simulator knows to matter is outlined on top. */
  outlineTruth?: boolean
}

/** Relevance bits of a recording (`RELEVANCE` of the simulator), lowest first. */
const TRUTH_COLORS = ['--set-dynamic', '--set-local-1', '--set-global', '--set-layer', '--truth-destination'] as const

/** The regions that an instruction is about; their bits are the lowest of the ground truth. */
const OUTLINED = [
  { title: RELEVANCE_TITLES[0], color: '--truth-target' },
  { title: RELEVANCE_TITLES[1], color: '--truth-destination' },
] as const

/** Plans what to paint for a query. */
export function planOverlay(
  query: DecodedQuery,
  settings: OverlaySettings,
  extra: { dense?: StackedScores; relevance?: Uint8Array } = {},
): OverlayPlan {
  const layer = Math.min(settings.layer ?? query.layers, query.layers)
  const plan = planMode(query, settings, layer, extra)
  if (!settings.outlineTruth || settings.mode === 'truth' || !extra.relevance) return plan
  return { ...plan, outline: { masks: extra.relevance, regions: OUTLINED } }
}

function planMode(
  query: DecodedQuery,
  settings: OverlaySettings,
  layer: number,
  extra: { dense?: StackedScores; relevance?: Uint8Array },
): OverlayPlan {
  switch (settings.mode) {
    case 'sets':
      return settings.paintedStage === undefined ? planSets(query, layer) : planStage(query, settings.paintedStage)
    case 'survival':
      return planSurvival(query, layer)
    case 'scores':
      return planScores(query, layer, settings.rows, extra.dense)
    case 'truth':
      return planTruth(query, extra.relevance)
  }
}

/** Kept tokens by the sets of the decision that first removed something; what went later is told apart. */
function planSets(query: DecodedQuery, layer: number): OverlayPlan {
  const decisions = query.decisions.filter((decision) => decision.layer <= layer)
  const first = decisions.at(0)
  const states = statesAfter(query, layer)
  if (!first) {
    return { ...emptyPlan(states), legend: { kind: 'message', text: keptEverything(query, layer) } }
  }
  const survivors = survivorsAfter(query, layer)
  const { masks, sets } = maskOf(first.sets, query.visualTokens, new Set(survivors))
  return {
    ...emptyPlan(states),
    masks,
    sets,
    legend: {
      kind: 'sets',
      sets,
      droppedFirst: states.filter((state) => state === 'dropped-first').length,
      droppedLater: states.filter((state) => state === 'dropped-later').length,
    },
  }
}

/** Exactly one stage: `all`, `<layer>` (what a decision kept) or `<layer>:<set name>`. */
function planStage(query: DecodedQuery, stage: string): OverlayPlan {
  const separator = stage.indexOf(':')
  const layer = Number(separator < 0 ? stage : stage.slice(0, separator))
  const decision = query.decisions.find((candidate) => candidate.layer === layer)
  const name = separator < 0 ? `layer:${layer}` : stage.slice(separator + 1)
  const ids = separator < 0 ? decision?.keep : decision?.sets.find((set) => set.name === name)?.ids
  if (!ids) {
    const all = Array.from({ length: query.visualTokens }, (): TokenState => 'kept')
    const text = stage === 'all' ? `All ${query.visualTokens} visual tokens` : 'This query has no such set'
    return { ...emptyPlan(all), legend: { kind: 'message', text } }
  }
  const kept = new Set(ids)
  const states = Array.from({ length: query.visualTokens }, (_, id): TokenState =>
    kept.has(id) ? 'kept' : 'dropped-first',
  )
  const { masks, sets } = maskOf([{ name, ids }], query.visualTokens, kept)
  return {
    ...emptyPlan(states),
    masks,
    sets,
    legend: { kind: 'sets', sets, droppedFirst: query.visualTokens - kept.size, droppedLater: 0 },
  }
}

/** How deep each token got, as discrete steps; what is gone after `layer` is hatched. */
function planSurvival(query: DecodedQuery, layer: number): OverlayPlan {
  const heat = Float32Array.from(query.depth, (depth) => depth / query.layers)
  const depths = [...new Set(query.depth)].sort((a, b) => a - b)
  const steps = depths.map((depth) => ({
    label: depth === query.layers ? `all ${depth}` : `${depth}`,
    heat: depth / query.layers,
    count: query.depth.filter((other) => other === depth).length,
  }))
  return {
    ...emptyPlan(statesAfter(query, layer)),
    heat,
    colormap: 'depth',
    legend: { kind: 'steps', title: 'Layers that a token took part in', steps },
  }
}

/** Attention scores of one layer; from the pruned forward where recorded, else from the dense one. */
function planScores(
  query: DecodedQuery,
  layer: number,
  rows: ScoreRows,
  dense: StackedScores | undefined,
): OverlayPlan {
  const found = findScores(query, layer, rows, dense)
  const states = statesAfter(query, layer)
  const title = `${rows === 'text' ? 'Text' : 'Action'} rows → patches, layer ${layer}`
  if (!found) {
    const known = query.scoreLayers(rows)
    const hint = known.length > 0 ? `; recorded layers: ${known.join(', ')}` : ''
    return { ...emptyPlan(states), legend: { kind: 'message', text: `${title}: not recorded${hint}` } }
  }
  const { heat, max, highest, clipped } = normaliseScores(found.values)
  return {
    ...emptyPlan(states),
    heat,
    colormap: 'score',
    legend: {
      kind: 'scale',
      title: `${title}, ${found.forward} forward`,
      low: '0',
      high: formatScore(max),
      normalisation:
        `linear from 0, both views on one scale, visual tokens only; ` +
        `clipped at the 99th percentile${clipped > 0 ? ` (${clipped} above, highest ${formatScore(highest)})` : ''}`,
    },
  }
}

function planTruth(query: DecodedQuery, relevance: Uint8Array | undefined): OverlayPlan {
  const states = Array.from({ length: query.visualTokens }, (_, id): TokenState =>
    relevance?.[id] === 0 ? 'dropped-first' : 'kept',
  )
  if (!relevance) {
    return { ...emptyPlan(states), legend: { kind: 'message', text: 'This recording carries no ground truth' } }
  }
  const sets = RELEVANCE_TITLES.map((title, bit) => ({
    name: title,
    title,
    color: TRUTH_COLORS[bit],
    count: relevance.filter((bits) => bits & (1 << bit)).length,
  }))
  return {
    ...emptyPlan(states),
    masks: Uint32Array.from(relevance),
    sets,
    legend: { kind: 'truth', sets },
  }
}

/**
 * Linear from 0 to the 99th percentile: one sink token must not hide all others.
 * @param values per visual token id, NaN where a token did not take part
 * @returns heat 0 ... 1; the value that 1 stands for; the highest value; how many values lie above the range
 */
export function normaliseScores(values: Float32Array): {
  heat: Float32Array
  max: number
  highest: number
  clipped: number
} {
  const finite = values.filter((value) => !Number.isNaN(value)).sort()
  const max = finite.at(Math.max(0, Math.ceil(finite.length * 0.99) - 1)) ?? 0
  const heat = values.map((value) => (max > 0 ? Math.min(1, value / max) : Number.isNaN(value) ? value : 0))
  return { heat, max, highest: finite.at(-1) ?? 0, clipped: finite.filter((value) => value > max).length }
}

function statesAfter(query: DecodedQuery, layer: number): TokenState[] {
  const firstLayer = query.decisions.at(0)?.layer ?? query.layers
  return Array.from(query.depth, (depth): TokenState => {
    if (depth === query.layers || depth > layer) return 'kept'
    return depth === firstLayer ? 'dropped-first' : 'dropped-later'
  })
}

function maskOf(decisionSets: readonly { name: string; ids: Int32Array }[], visualTokens: number, kept: Set<number>) {
  const masks = new Uint32Array(visualTokens)
  const sets = decisionSets.map(({ name, ids }, bit): OverlaySet => {
    for (const id of ids) if (kept.has(id)) masks[id] |= 1 << bit
    const { title, color } = tokenSetStyle(name)
    return { name, title, color, count: ids.filter((id) => kept.has(id)).length }
  })
  return { masks, sets }
}

function emptyPlan(states: readonly TokenState[]): Omit<OverlayPlan, 'legend'> {
  return { states, masks: new Uint32Array(states.length), sets: [], heat: undefined, colormap: undefined }
}

/** Why no token is dimmed, in a few words. */
function keptEverything(query: DecodedQuery, layer: number): string {
  if (query.record.repeated) return 'The policy was not run here: earlier actions were repeated'
  if (query.record.notes.warmUp) return `All ${query.visualTokens} kept: this method needs an earlier query first`
  const next = query.decisions.find((decision) => decision.layer > layer)
  if (next) return `All ${query.visualTokens} take part up to layer ${next.layer}`
  return `All ${query.visualTokens} kept`
}
