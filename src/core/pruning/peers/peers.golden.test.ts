import { readdirSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import type { RgbImage, ViewId } from '../../schema/observation.ts'
import { createLayout, visualTokenCount, type TokenLayout } from '../../tokens/layout.ts'
import type { LayerSignals, SelectorSession } from '../contract.ts'
import { goldenBytes, readGolden } from '../golden/readGolden.ts'
import { findSelector, resolveParameters } from '../registry.ts'
import { tokenRange, unionOf, type TokenSet } from '../sets.ts'

/** Scores are whole multiples of 1 / SCORE_UNIT and hidden states of 1 / HIDDEN_UNIT: exact in float32. */
const SCORE_UNIT = 65536
const HIDDEN_UNIT = 64
const ROW_TOLERANCE = 1e-5

interface GoldenDecision {
  layer: number
  keep: number[]
  sets: Record<string, number[]>
  replace?: { ids: number[]; rows: number[] }
  reuse?: number[]
}

interface GoldenQuery {
  step: number
  instruction: string
  /** uint16 `[layers, visual tokens]` */
  text: string
  action: string
  /** int8 `[layers + 1, tokens, width]` */
  hidden: string
  /** Absent where the method does without the policy. */
  decisions?: GoldenDecision[]
  /** The actions that it repeats then. */
  repeat?: number[]
  /** What the policy answers, where it matters. */
  chunk?: number[]
  executed: number[][]
}

interface GoldenCase {
  name: string
  preset?: string
  parameters: Record<string, unknown>
  layers: number
  width: number
  words: number
  pixels: number
  views: { view: ViewId; rows: number; columns: number }[]
  /** By control step. */
  frames: Record<ViewId, string>[]
  queries: GoldenQuery[]
}

/** What the reference saw, cut down to the tokens that are still there. */
class RecordedSignals {
  readonly #case: GoldenCase
  readonly #layout: TokenLayout
  readonly #scores: Record<'text' | 'action', Uint16Array>
  readonly #hidden: Int8Array

  constructor(entry: GoldenCase, layout: TokenLayout, query: GoldenQuery) {
    this.#case = entry
    this.#layout = layout
    this.#scores = {
      text: new Uint16Array(goldenBytes(query.text).buffer),
      action: new Uint16Array(goldenBytes(query.action).buffer),
    }
    this.#hidden = new Int8Array(goldenBytes(query.hidden).buffer)
  }

  /** @param reused tokens that take part as cached keys and values only */
  at({ plan }: SelectorSession, layer: number, ids: TokenSet, reused: TokenSet): LayerSignals {
    const signals: LayerSignals = { layer, ids }
    if (reused.length > 0) signals.reused = { ids: reused }
    for (const rows of ['text', 'action'] as const) {
      if (!plan[`${rows}Layers`].includes(layer)) continue
      signals[rows] = this.#scoresAt(rows, layer, ids)
      if (signals.reused) signals.reused[rows] = this.#scoresAt(rows, layer, reused)
    }
    if (plan.hiddenLayers?.includes(layer)) signals.hidden = this.#hiddenAt(layer, ids)
    return signals
  }

  #scoresAt(rows: 'text' | 'action', layer: number, ids: TokenSet): Float32Array {
    const visual = visualTokenCount(this.#layout)
    return Float32Array.from(ids, (id) => this.#scores[rows][(layer - 1) * visual + id] / SCORE_UNIT)
  }

  #hiddenAt(layer: number, ids: TokenSet) {
    const { width } = this.#case
    const visual = visualTokenCount(this.#layout)
    const rows = [...ids, ...tokenRange(visual, this.#layout.length - visual)]
    const values = Float32Array.from({ length: rows.length * width }, (_, i) => {
      const row = layer * this.#layout.length + rows[Math.floor(i / width)]
      return this.#hidden[row * width + (i % width)] / HIDDEN_UNIT
    })
    return { values, width }
  }
}

function framesOf(entry: GoldenCase): Record<ViewId, RgbImage>[] {
  const decode = (frame: Record<ViewId, string>, { view, rows, columns }: GoldenCase['views'][number]): RgbImage => ({
    width: columns * entry.pixels,
    height: rows * entry.pixels,
    data: goldenBytes(frame[view]),
  })
  const [front, wrist] = entry.views
  return entry.frames.map((frame) => ({ front: decode(frame, front), wrist: decode(frame, wrist) }))
}

/** Runs the layers of a query and compares every decision. */
function expectDecisions(session: SelectorSession, entry: GoldenCase, layout: TokenLayout, query: GoldenQuery): void {
  const signals = new RecordedSignals(entry, layout, query)
  const expected = (query.decisions ?? []).slice()
  const everything = tokenRange(0, visualTokenCount(layout))
  let ids: TokenSet = everything
  let reused: TokenSet = new Int32Array()
  // What is computed in one query can be reused in the next.
  const cached = session.plan.reuses && query !== entry.queries[0] ? { cached: everything } : {}
  for (let layer = 0; layer <= entry.layers; layer++) {
    const decision = session.afterLayer({ ...signals.at(session, layer, ids, reused), ...cached })
    if (!decision) continue
    expect(session.plan.decisionLayers).toContain(layer)
    const golden = expected.shift()
    const sets = Object.fromEntries(decision.sets.map((set) => [set.name, [...set.ids]]))
    expect({ layer, keep: [...decision.keep], sets }).toEqual({
      layer: golden?.layer,
      keep: golden?.keep,
      sets: golden?.sets,
    })
    expect([...(decision.reuse ?? [])]).toEqual(golden?.reuse ?? [])
    if (decision.reuse) reused = unionOf(reused, decision.reuse)
    expect([...(decision.replace?.ids ?? [])]).toEqual(golden?.replace?.ids ?? [])
    const rows = golden?.replace?.rows ?? []
    decision.replace?.rows.forEach((value, i) => expect(Math.abs(value - rows[i])).toBeLessThan(ROW_TOLERANCE))
    if (layer < entry.layers) ids = decision.keep
  }
  expect(expected).toEqual([])
  session.afterQuery({ chunk: Float32Array.from(query.chunk ?? []), survivors: ids })
}

const folder = new URL('../golden/peers/', import.meta.url)

for (const file of readdirSync(folder).filter((name) => name.endsWith('.json'))) {
  const definition = findSelector(file.replace('.json', ''))
  describe(`${definition.title} decides as the numpy reference`, () => {
    it.each(readGolden<GoldenCase[]>(`peers/${file}`))('$name', (entry) => {
      const layout = createLayout({ views: entry.views, words: entry.words, queries: 8 })
      const frames = framesOf(entry)
      const values = resolveParameters(definition, entry.preset, entry.parameters)
      const session = definition.start(values, { layout, layers: entry.layers, seed: 0 })
      let executedActions: Float32Array[] = []
      for (const query of entry.queries) {
        session.beforeQuery({
          step: query.step,
          observation: { images: frames[query.step], proprio: new Float32Array(8), instruction: query.instruction },
          imagesAt: (stepsBack) => frames[query.step - stepsBack],
          executedActions,
        })
        const repeat = session.repeat?.()
        expect(repeat && [...repeat]).toEqual(query.repeat)
        if (repeat) session.afterQuery({ chunk: repeat, survivors: new Int32Array(), repeated: true })
        else expectDecisions(session, entry, layout, query)
        executedActions = query.executed.map((action) => Float32Array.from(action))
        executedActions.forEach((action, i) => session.afterStep({ action, remaining: executedActions.length - 1 - i }))
      }
    })
  })
}
