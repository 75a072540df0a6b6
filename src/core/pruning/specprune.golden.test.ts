import { expect, it } from 'vitest'
import type { RgbImage, ViewId } from '../schema/observation.ts'
import { createLayout, visualTokenCount } from '../tokens/layout.ts'
import type { KeepDecision, SelectorNotes, SelectorSession } from './contract.ts'
import { goldenBytes, readGolden } from './golden/readGolden.ts'
import { tokenRange } from './sets.ts'
import { specprune } from './specprune.ts'

interface GoldenQuery {
  step: number
  instruction: string
  /** uint16 `[layers, visual tokens]` of the score rows in use, in units of 1 / scoreUnit */
  scoreLevels: string
  /** The same of the other rows, where the global set is inherited from those. */
  otherLevels?: string
  decisions: { layer: number; keep: number[]; sets: Record<string, number[]> }[]
  survivors: number[]
  notes: { [K in keyof SelectorNotes]: SelectorNotes[K] | null }
  executed: { action: number[]; mode: string | null; replan: boolean }[]
}

interface GoldenEpisode {
  name: string
  layers: number
  parameters: Record<string, unknown>
  scoreUnit: number
  views: { view: ViewId; rows: number; columns: number }[]
  pixels: number
  frames: Record<ViewId, string>[]
  queries: GoldenQuery[]
}

const episodes = readGolden<GoldenEpisode[]>('specprune.json')

function framesOf(episode: GoldenEpisode): Record<ViewId, RgbImage>[] {
  const decode = (frame: Record<ViewId, string>, view: GoldenEpisode['views'][number]): RgbImage => ({
    width: view.columns * episode.pixels,
    height: view.rows * episode.pixels,
    data: goldenBytes(frame[view.view]),
  })
  const [front, wrist] = episode.views
  return episode.frames.map((frame) => ({ front: decode(frame, front), wrist: decode(frame, wrist) }))
}

/** Runs the layers of one query on recorded scores. */
function runLayers(session: SelectorSession, episode: GoldenEpisode, query: GoldenQuery, visual: number) {
  const levels = new Uint16Array(goldenBytes(query.scoreLevels).buffer)
  const others = query.otherLevels ? new Uint16Array(goldenBytes(query.otherLevels).buffer) : levels
  const onText = (episode.parameters.scoreRows ?? 'text') === 'text'
  const decisions: { layer: number; decision: KeepDecision }[] = []
  let ids = tokenRange(0, visual)
  for (let layer = 0; layer <= episode.layers; layer++) {
    const read = (from: Uint16Array) =>
      Float32Array.from(ids, (id) => from[(layer - 1) * visual + id] / episode.scoreUnit)
    const { textLayers, actionLayers } = session.plan
    const decision = session.afterLayer({
      layer,
      ids,
      text: textLayers.includes(layer) ? read(onText ? levels : others) : undefined,
      action: actionLayers.includes(layer) ? read(onText ? others : levels) : undefined,
    })
    if (!decision) continue
    expect(session.plan.decisionLayers).toContain(layer)
    decisions.push({ layer, decision })
    ids = decision.keep
  }
  return { decisions, survivors: ids }
}

function expectQuery(session: SelectorSession, episode: GoldenEpisode, query: GoldenQuery, visual: number): void {
  const { decisions, survivors } = runLayers(session, episode, query, visual)
  const actual = decisions.map(({ layer, decision }) => ({
    layer,
    keep: [...decision.keep],
    sets: Object.fromEntries(decision.sets.map((set) => [set.name, [...set.ids]])),
  }))
  expect(actual).toEqual(query.decisions)
  expect([...survivors]).toEqual(query.survivors)
  session.afterQuery({ chunk: new Float32Array(56), survivors })
  const { speed, ...notes } = session.notes()
  const expected = Object.fromEntries(Object.entries(query.notes).map(([key, value]) => [key, value ?? undefined]))
  expect({ ...notes, speed: undefined }).toEqual({ ...expected, speed: undefined })
  expect(speed ?? -1).toBeCloseTo(query.notes.speed ?? -1, 12)
  query.executed.forEach(({ action, mode, replan }, i) => {
    const step = { action: Float32Array.from(action), remaining: query.executed.length - 1 - i }
    expect(session.afterStep(step).replan).toBe(replan)
    expect(session.notes().mode).toBe(mode ?? undefined)
  })
}

it.each(episodes)('SpecPrune decides as the numpy reference: $name', (episode) => {
  const layout = createLayout({ views: episode.views, words: 8, queries: 8 })
  const frames = framesOf(episode)
  const values = specprune.parameters.parse(episode.parameters)
  const session = specprune.start(values, { layout, layers: episode.layers, seed: 0 })
  let executedActions: Float32Array[] = []
  for (const query of episode.queries) {
    session.beforeQuery({
      step: query.step,
      observation: { images: frames[query.step], proprio: new Float32Array(8), instruction: query.instruction },
      imagesAt: (stepsBack) => frames[query.step - stepsBack],
      executedActions,
    })
    expectQuery(session, episode, query, visualTokenCount(layout))
    executedActions = query.executed.map((step) => Float32Array.from(step.action))
  }
})
