import { describe, expect, it } from 'vitest'
import { encodeFloats, encodeIds } from '../../core/schema/base64.ts'
import type { QueryRecord, RunRecord } from '../../core/schema/runRecord.ts'
import { decodeQuery } from '../../core/tokens/decodedQuery.ts'
import { bibtex, methodsSentence } from './citation.ts'
import { QUERY_COLUMNS, queryRows, triedTable } from './exportModel.ts'
import { figureStrip, readStripLink, stripSteps } from './figureStrip.ts'

const field = (...ids: number[]) => encodeIds(Int32Array.from(ids), 8)
const chunk = (x: number) => encodeFloats(Float32Array.of(x, 0, 0, 0, 0, 0, 1))
const record = {
  index: 1,
  step: 8,
  replan: false,
  notes: { mode: 'fine' },
  tokensPerLayer: [8, 8, 3],
  chunk: chunk(0.2),
  denseChunk: chunk(0),
  latencyMs: 5,
  denseLatencyMs: 9,
  stagesMs: { observe: 1, select: 0.5, embed: 1, layers: 2, head: 0.5 },
  decisions: [
    {
      layer: 2,
      keep: field(0, 1, 5),
      sets: [
        { name: 'global', ids: field(0, 1) },
        { name: 'local:1', ids: field(1, 5) },
      ],
    },
  ],
} as unknown as QueryRecord
const model = { id: 'tiny', weightsSha256: 'abcdef0123', layers: 3, width: 4, visualTokens: 8 }
const run = {
  model,
  queries: [record],
  executeSteps: 1,
  seed: 0,
  createdAt: '2026-01-02T03:04:05Z',
  device: { backend: 'wasm', agent: 'Chromium 150' },
  episode: { dataset: 'object', index: 3, frames: 20 },
} as unknown as RunRecord

const views = [
  { kind: 'visual', view: 'front', start: 0, rows: 2, columns: 2 },
  { kind: 'visual', view: 'wrist', start: 4, rows: 2, columns: 2 },
] as const

describe('figureStrip', () => {
  const svg = figureStrip([{ query: decodeQuery(record, model), images: { front: 'data:,f', wrist: 'data:,w' } }], {
    title: 'SpecPrune <v3>',
    caption: 'Model tiny',
    fragment: 'f=8&v=1',
    views,
    colorOf: (variable) => (variable === '--set-global' ? '#0072b2' : '#009e73'),
  })

  it('is an SVG with real text and the token grid as lines', async () => {
    await expect(svg).toMatchFileSnapshot('__snapshots__/figureStrip.svg')
    expect(svg).toContain('>frame 8, fine</text>')
    expect(svg).toContain('>3 of 8 tokens</text>')
    expect(svg).toContain('SpecPrune &lt;v3&gt;')
  })

  it('carries the link of the view', () => {
    expect(readStripLink(svg)).toBe('f=8&v=1')
    expect(readStripLink('<svg/>')).toBeUndefined()
  })
})

describe('stripSteps', () => {
  it('spreads over the episode and has the frame on the screen', () => {
    expect(stripSteps([0, 8, 16, 24, 32, 40, 48], 24, 4)).toEqual([0, 24, 32, 48])
    expect(stripSteps([0, 8, 16, 24, 32, 40, 48], 0, 4)).toEqual([0, 16, 32, 48])
    expect(stripSteps([0, 8], 8, 4)).toEqual([0, 8])
  })
})

describe('rows of a run', () => {
  it('hold every number that the charts show', () => {
    const [row] = queryRows(run)
    const value = (column: (typeof QUERY_COLUMNS)[number]) => row[QUERY_COLUMNS.indexOf(column)]
    expect(value('frame')).toBe(8)
    expect(value('translation_mm')).toBeCloseTo(5)
    expect(value('dense_latency_ms')).toBe(9)
    expect(value('budget')).toBeCloseTo(19 / 24)
    expect(value('mode')).toBe('fine')
  })

  it('make a table for a paper that says what it is not', () => {
    const settings = {
      methodId: 'dense',
      presetId: undefined,
      parameters: {},
      executeSteps: 8,
      seed: 0,
      forced: '',
      instruction: '',
    }
    const table = triedTable(
      [{ number: 1, settingsKey: '', settings, episodeKey: '', origin: 'live', run }],
      'episode 3',
    )
    expect(table.rows[0].slice(1)).toEqual(['79.2 %', '5.0', '5.000', '100.0 %', '1'])
    expect(table.caption).toContain('not task success')
  })
})

describe('citations', () => {
  it('name everything that the numbers depend on', () => {
    const sentence = methodsSentence(run, { title: 'SpecPrune-VLA, paper v3', changes: 'Global K 24' }, '1.2.3')
    for (const part of [
      'Global K 24',
      'abcdef01',
      'Chromium 150',
      '2026-01-02',
      '1.2.3',
      'object',
      'not task success',
    ]) {
      expect(sentence).toContain(part)
    }
  })

  it('cite the method where it has a source', () => {
    const text = bibtex('specprune', undefined, '1.2.3', 2026)
    expect(text).toContain('eprint = {2509.05614}')
    expect(text.match(/^@/gm)).toHaveLength(2)
    expect(bibtex('random', undefined, '1.2.3', 2026).match(/^@/gm)).toHaveLength(1)
  })
})
