import { describe, expect, it } from 'vitest'
import { encodeFloats, encodeIds } from '../../core/schema/base64.ts'
import type { QueryRecord } from '../../core/schema/runRecord.ts'
import { decodeQuery } from '../../core/tokens/decodedQuery.ts'
import { normaliseScores, planOverlay } from './overlayModel.ts'
import type { OverlaySettings } from './overlayModel.ts'

const model = { layers: 4, visualTokens: 8 }
const settings: OverlaySettings = { mode: 'sets', layer: undefined, rows: 'text', paintedStage: undefined }

function field(...ids: number[]): string {
  return encodeIds(Int32Array.from(ids), model.visualTokens)
}

function query(overrides: Partial<QueryRecord> = {}) {
  const record: QueryRecord = {
    index: 1,
    step: 8,
    replan: false,
    notes: {},
    chunk: '',
    tokensPerLayer: [8, 8, 4, 3],
    decisions: [
      {
        layer: 2,
        keep: field(0, 1, 2, 3),
        sets: [
          { name: 'global', ids: field(0, 1) },
          { name: 'local:1', ids: field(1, 2, 3) },
        ],
      },
      { layer: 3, keep: field(0, 1, 2), sets: [{ name: 'layer:3', ids: field(0, 1, 2) }] },
    ],
    latencyMs: 1,
    stagesMs: { observe: 0, select: 0, embed: 0, layers: 0, head: 0 },
    ...overrides,
  }
  return decodeQuery(record, model)
}

describe('planOverlay, sets', () => {
  it('marks every set that kept a token', () => {
    const plan = planOverlay(query(), settings)
    expect(plan.sets.map((set) => set.name)).toEqual(['global', 'local:1'])
    expect([...plan.masks.slice(0, 4)]).toEqual([0b01, 0b11, 0b10, 0])
  })

  it('tells tokens that went later from those that went first', () => {
    const { states, legend } = planOverlay(query(), settings)
    expect(states.slice(0, 5)).toEqual(['kept', 'kept', 'kept', 'dropped-later', 'dropped-first'])
    expect(legend).toMatchObject({ kind: 'sets', droppedFirst: 4, droppedLater: 1 })
  })

  it('shows who is left after the chosen layer', () => {
    const after2 = planOverlay(query(), { ...settings, layer: 2 })
    expect(after2.states[3]).toBe('kept')
    const after1 = planOverlay(query(), { ...settings, layer: 1 })
    expect(after1.states.every((state) => state === 'kept')).toBe(true)
    expect(after1.legend).toMatchObject({ kind: 'message', text: 'All 8 take part up to layer 2' })
  })

  it('paints exactly the stage that was picked', () => {
    const plan = planOverlay(query(), { ...settings, paintedStage: '2:local:1' })
    expect(plan.states.map((state) => state === 'kept')).toEqual([false, true, true, true, false, false, false, false])
    expect(planOverlay(query(), { ...settings, paintedStage: '3' }).states.filter((s) => s === 'kept')).toHaveLength(3)
  })

  it('says why nothing was dropped', () => {
    const plan = planOverlay(query({ decisions: [], notes: { warmUp: true } }), settings)
    expect(plan.legend).toMatchObject({ text: expect.stringContaining('needs an earlier query') as string })
  })
})

describe('planOverlay, outline of the ground truth', () => {
  const relevance = Uint8Array.of(1, 3, 0, 0, 8, 0, 2, 0)

  it('lies on top of any overlay and changes no state', () => {
    const plain = planOverlay(query(), settings, { relevance })
    const outlined = planOverlay(query(), { ...settings, outlineTruth: true }, { relevance })
    expect(plain.outline).toBeUndefined()
    expect(outlined.states).toEqual(plain.states)
    expect(outlined.outline?.masks).toBe(relevance)
    expect(outlined.outline?.regions.map(({ title }) => title)).toEqual(['Target object', 'Destination'])
  })

  it('is not drawn where the recording carries none, nor twice', () => {
    expect(planOverlay(query(), { ...settings, outlineTruth: true }).outline).toBeUndefined()
    expect(
      planOverlay(query(), { ...settings, mode: 'truth', outlineTruth: true }, { relevance }).outline,
    ).toBeUndefined()
  })
})

describe('planOverlay, heat maps', () => {
  it('steps through survival depth', () => {
    const { heat, legend } = planOverlay(query(), { ...settings, mode: 'survival' })
    expect([...(heat ?? [])]).toEqual([1, 1, 1, 0.75, 0.5, 0.5, 0.5, 0.5])
    expect(legend).toMatchObject({
      steps: [
        { label: '2', count: 4 },
        { label: '3', count: 1 },
        { label: 'all 4', count: 3 },
      ],
    })
  })

  it('prefers scores of the query over the dense ones and says which', () => {
    const values = Float32Array.of(0.1, 0.2, 0.3, 0.4, Number.NaN, Number.NaN, Number.NaN, Number.NaN)
    const own = query({ scores: [{ layer: 3, rows: 'text', values: encodeFloats(values) }] })
    const dense = {
      step: 8,
      chunk: new Float32Array(),
      latencyMs: 1,
      textScores: new Float32Array(32).fill(0.5),
      actionScores: new Float32Array(32),
    }
    const pruned = planOverlay(own, { ...settings, mode: 'scores', layer: 3 }, { dense })
    expect(pruned.legend).toMatchObject({
      kind: 'scale',
      high: '0.400',
      title: expect.stringContaining('pruned') as string,
    })
    expect(Number.isNaN(pruned.heat?.[5])).toBe(true)
    const other = planOverlay(own, { ...settings, mode: 'scores', layer: 4 }, { dense })
    expect(other.legend).toMatchObject({ title: expect.stringContaining('dense') as string })
    expect(planOverlay(own, { ...settings, mode: 'scores', layer: 4 }).legend.kind).toBe('message')
  })

  it('normalises from zero and clips outliers', () => {
    const values = new Float32Array(200).fill(0.01)
    values[0] = 5
    const { heat, max, highest, clipped } = normaliseScores(values)
    expect(max).toBeCloseTo(0.01)
    expect([highest, clipped]).toEqual([5, 1])
    expect(heat[0]).toBe(1)
  })
})
