import { describe, expect, it } from 'vitest'
import type { RunRecord } from '../../core/schema/runRecord.ts'
import { createLayout } from '../../core/tokens/layout.ts'
import { decodeQuery } from '../../core/tokens/decodedQuery.ts'
import type { RecordedEpisode } from '../../data/episodeSource.ts'
import type { DenseFrame } from '../../runtime/protocol.ts'
import { openingSettings } from './settings.ts'
import { advanceTo, previewSteps, startPreview } from './preview.ts'
import type { PreviewSource } from './preview.ts'

const SIZE = 32
const FRAMES = 24
const shape = {
  layers: 4,
  visualTokens: 32,
  layout: createLayout({
    views: [
      { view: 'front', rows: 4, columns: 4 },
      { view: 'wrist', rows: 4, columns: 4 },
    ],
    words: 2,
    queries: 8,
  }),
}

const pixels = () => Uint8Array.from({ length: FRAMES * SIZE * SIZE * 3 }, (_, i) => (i * 37) % 251)
const episode: RecordedEpisode = {
  key: 'test/0',
  index: 0,
  frames: FRAMES,
  fps: 20,
  imageSize: SIZE,
  pixels: { front: pixels(), wrist: pixels() },
  proprio: new Float32Array(FRAMES),
  actions: new Float32Array(FRAMES * 7).fill(0.5),
  instruction: 'put the red cube in the tray',
}

function denseFrame(step: number): DenseFrame {
  const scores = Float32Array.from({ length: shape.layers * shape.visualTokens }, (_, i) => ((i * 13) % 97) / 97)
  return { step, chunk: new Float32Array(56), latencyMs: 1, textScores: scores, actionScores: scores }
}

const denseFrames = new Map([0, 8, 16].map((step) => [step, denseFrame(step)]))
const runOf = (methodId: string, steps: number[]) =>
  ({
    method: { id: methodId },
    executeSteps: 8,
    model: { layers: 4, visualTokens: 32 },
    queries: steps.map((step) => ({ step })),
  }) as unknown as RunRecord

/** The whole preview. */
function previewRun(source: PreviewSource): RunRecord | undefined {
  const preview = startPreview(source)
  while (preview?.nextStep() !== undefined) preview.advance()
  return preview?.run()
}

describe('startPreview', () => {
  const settings = (parameters: Record<string, number>) => {
    const opening = openingSettings('specprune')
    return {
      ...opening,
      parameters: { ...opening.parameters, ...parameters },
      executeSteps: 8,
      seed: 0,
      forced: '',
      instruction: '',
    }
  }
  const preview = (parameters: Record<string, number>) =>
    previewRun({
      episode,
      denseFrames,
      base: runOf('specprune', [0, 8, 16]),
      steps: [0, 8, 16],
      shape,
      settings: settings({ minimumTokens: 1, ...parameters }),
    })

  it('keeps everything while there is no history, then prunes', () => {
    const queries = preview({})?.queries ?? []
    expect(queries.map(({ step }) => step)).toEqual([0, 8, 16])
    expect(queries[0].notes.warmUp).toBe(true)
    expect(queries[0].tokensPerLayer).toEqual([32, 32, 32, 32])
    expect(queries[2].tokensPerLayer[3]).toBeLessThan(32)
  })

  it('follows a slider', () => {
    const kept = (localTokens: number) => {
      const run = preview({ localTokens, globalTokens: 0, dynamicTokens: 0 })
      return run && decodeQuery(run.queries[2], shape).decisions[0].keep.length
    }
    expect(kept(96)).toBeGreaterThan(kept(16) ?? 0)
  })

  const source = {
    episode,
    denseFrames,
    base: runOf('specprune', [0, 8, 16]),
    steps: [0, 8, 16],
    shape,
    settings: settings({ minimumTokens: 1 }),
  }

  it('makes the query on the screen before the others, and the same ones either way', () => {
    const started = startPreview(source)
    if (!started) throw new Error('There are scores.')
    advanceTo(started, 12)
    expect(started.run().queries.map(({ step }) => step)).toEqual([0, 8])
    expect(started.nextStep()).toBe(16)
    const first = started.run()
    advanceTo(started, 99)
    expect(started.nextStep()).toBeUndefined()
    expect(started.run()).toEqual(previewRun(source))
    // What was handed out does not grow behind its reader's back.
    expect(first.queries).toHaveLength(2)
  })

  it('pauses when its time is up, after a query at least, and goes on where it stopped', () => {
    const started = startPreview(source)
    if (!started) throw new Error('There are scores.')
    const isTimeUp = () => true
    expect(advanceTo(started, 12, isTimeUp)).toBe(false)
    expect(started.run().queries.map(({ step }) => step)).toEqual([0])
    expect(advanceTo(started, 12, isTimeUp)).toBe(true)
    expect(started.run().queries.map(({ step }) => step)).toEqual([0, 8])
  })

  it('declines scores of another model', () => {
    const source = { episode, denseFrames, base: runOf('specprune', [0]), steps: [0], settings: settings({}) }
    expect(previewRun({ ...source, shape: { ...shape, layers: 6 } })).toBeUndefined()
  })
})

describe('previewSteps', () => {
  it('takes the steps of a run of the same method, whose controller queried out of turn', () => {
    const known = new Map([0, 5, 8, 13].map((step) => [step, denseFrame(step)]))
    expect(previewSteps([runOf('specprune', [0, 5, 13])], known, { methodId: 'specprune', executeSteps: 8 })).toEqual([
      0, 5, 13,
    ])
    expect(previewSteps([runOf('specprune', [0, 5, 13])], known, { methodId: 'random', executeSteps: 8 })).toEqual([
      0, 8,
    ])
  })
})
