import { describe, expect, it } from 'vitest'
import { encodeFloats, encodeIds } from '../../core/schema/base64.ts'
import type { QueryRecord, RunRecord } from '../../core/schema/runRecord.ts'
import { describeMoment, findMoments, neighbourMoment } from './momentsModel.ts'

/** A query whose chunk moves by dx in every step, with a gripper, against a dense chunk of zeros that opens. */
function query(
  step: number,
  options: { dx?: number; closes?: boolean; mode?: 'coarse' | 'fine'; keep?: number[] } = {},
) {
  const { dx = 0, closes = false, mode, keep } = options
  const chunk = (x: number, gripper: number) =>
    encodeFloats(Float32Array.from({ length: 56 }, (_, i) => (i % 7 === 0 ? x : i % 7 === 6 ? gripper : 0)))
  return {
    index: step / 8,
    step,
    replan: false,
    notes: mode === undefined ? {} : { mode },
    chunk: chunk(dx, closes ? -1 : 1),
    denseChunk: chunk(0, 1),
    tokensPerLayer: [],
    decisions: keep ? [{ layer: 2, keep: encodeIds(Int32Array.from(keep), 16), sets: [] }] : [],
    latencyMs: 1,
    stagesMs: { observe: 0, select: 0, embed: 0, layers: 0, head: 0 },
  } satisfies QueryRecord
}

function moments(queries: QueryRecord[], actions?: Float32Array) {
  return findMoments({ run: { executeSteps: 8, queries } as unknown as RunRecord, actions })
}

describe('findMoments', () => {
  it('finds the largest disagreements, ranked, with their distance', () => {
    const found = moments([0, 0.1, 0.4, 0.2, 0.3].map((dx, i) => query(i * 8, { dx })))
    expect(found.map((moment) => [moment.frame, describeMoment(moment)])).toEqual([
      [16, 'largest disagreement with dense: 10.0 mm'],
      [24, 'third largest disagreement with dense: 5.00 mm'],
      [32, 'second largest disagreement with dense: 7.50 mm'],
    ])
  })

  it('never leaves out a gripper that does the opposite', () => {
    const found = moments([query(0, { closes: true }), ...[8, 16, 24, 32].map((step) => query(step, { dx: step }))])
    expect(found[0]).toMatchObject({ frame: 0, reasons: [{ kind: 'disagreement' }] })
    expect(describeMoment(found[0])).toBe('gripper differs from dense in 100 % of steps')
  })

  it('finds where the mode changes', () => {
    const modes = ['coarse', 'coarse', 'fine', 'fine', 'coarse'] as const
    const found = moments(modes.map((mode, i) => query(i * 8, { mode })))
    expect(found.map((moment) => [moment.frame, describeMoment(moment)])).toEqual([
      [16, 'fine mode begins'],
      [32, 'coarse mode begins'],
    ])
  })

  it('measures how much of the kept set is new', () => {
    const keeps = [
      [0, 1],
      [0, 1],
      [1, 2],
      [7, 8],
    ]
    const found = moments(keeps.map((keep, i) => query(i * 8, { keep })))
    expect(found.map((moment) => [moment.frame, describeMoment(moment)])).toEqual([
      [16, 'second largest change of the kept set: 67 %'],
      [24, 'largest change of the kept set: 100 %'],
    ])
  })

  it('finds gripper events in the recording, without a run too', () => {
    const actions = new Float32Array(5 * 7)
    ;[1, 1, -1, -1, 1].forEach((gripper, frame) => (actions[frame * 7 + 6] = gripper))
    const found = findMoments({ run: undefined, actions })
    expect(found.map((moment) => [moment.frame, describeMoment(moment)])).toEqual([
      [2, 'gripper closes'],
      [4, 'gripper opens'],
    ])
  })

  it('has one moment a frame, with all its reasons', () => {
    const found = moments([query(0, { mode: 'coarse' }), query(8, { mode: 'fine', dx: 0.1 })])
    expect(found).toHaveLength(1)
    expect(found[0].reasons.map(({ kind }) => kind)).toEqual(['disagreement', 'mode'])
  })

  it('finds nothing where nothing happens', () => {
    expect(moments([query(0), query(8)])).toEqual([])
    expect(findMoments({ run: undefined, actions: undefined })).toEqual([])
  })
})

describe('neighbourMoment', () => {
  const list = [4, 9].map((frame) => ({ frame, reasons: [] }))

  it('goes on from the frame, not from a moment', () => {
    expect(neighbourMoment(list, 4, 1)?.frame).toBe(9)
    expect(neighbourMoment(list, 5, -1)?.frame).toBe(4)
    expect(neighbourMoment(list, 9, 1)).toBeUndefined()
    expect(neighbourMoment(list, 4, -1)).toBeUndefined()
  })
})
