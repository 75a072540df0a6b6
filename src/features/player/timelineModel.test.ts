import { describe, expect, it } from 'vitest'
import type { QueryRecord, RunRecord } from '../../core/schema/runRecord.ts'
import { describeTimeline, neighbourQuery } from './timelineModel.ts'

function query(index: number, step: number, mode: 'coarse' | 'fine', replan = false): QueryRecord {
  return {
    index,
    step,
    replan,
    notes: { mode },
    chunk: '',
    tokensPerLayer: [],
    decisions: [],
    latencyMs: 1,
    stagesMs: { observe: 0, select: 0, embed: 0, layers: 0, head: 0 },
  }
}

const run = {
  executeSteps: 8,
  queries: [query(0, 0, 'coarse'), query(1, 8, 'coarse'), query(2, 13, 'fine', true), query(3, 21, 'coarse')],
} as unknown as RunRecord

describe('describeTimeline', () => {
  it('joins equal modes into bands', () => {
    expect(describeTimeline(run, 25).bands).toEqual([
      { mode: 'coarse', from: 0, to: 13 },
      { mode: 'fine', from: 13, to: 21 },
      { mode: 'coarse', from: 21, to: 25 },
    ])
  })

  it('knows how far the run has come', () => {
    expect(describeTimeline(run, 100).answered).toBe(29)
    expect(describeTimeline(undefined, 100)).toEqual({ marks: [], bands: [], answered: 0 })
  })
})

describe('neighbourQuery', () => {
  it('jumps to the next and the previous query', () => {
    const { marks } = describeTimeline(run, 25)
    expect(neighbourQuery(marks, 8, 1)).toBe(13)
    expect(neighbourQuery(marks, 9, -1)).toBe(8)
    expect(neighbourQuery(marks, 0, -1)).toBeUndefined()
  })
})
