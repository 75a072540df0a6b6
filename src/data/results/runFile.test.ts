import { describe, expect, it } from 'vitest'
import type { RunRecord } from '../../core/schema/runRecord.ts'
import { readRunFile, writeRunFile } from './runFile.ts'

const run: RunRecord = {
  version: 1,
  kind: 'open-loop',
  createdAt: '2026-01-01T00:00:00.000Z',
  app: { version: '0.1.0' },
  model: {
    id: 'tiny',
    weightsSha256: 'a'.repeat(64),
    layers: 4,
    width: 48,
    feedForward: 96,
    visualTokens: 512,
    fixedTokens: 16,
  },
  instruction: 'put the red cube in the tray',
  device: { backend: 'node', agent: 'test' },
  method: { id: 'dense', parameters: {} },
  executeSteps: 8,
  seed: 0,
  queries: [
    {
      index: 0,
      step: 0,
      replan: false,
      notes: {},
      chunk: '',
      tokensPerLayer: [512],
      decisions: [],
      latencyMs: 12.3456789,
      stagesMs: { observe: 0.12345, select: 0, embed: 1, layers: 10, head: 1 },
    },
  ],
}

describe('run files', () => {
  it('are read back, with times to the microsecond', () => {
    const text = writeRunFile(run)
    expect(text.endsWith('}\n')).toBe(true)
    const read = readRunFile('run.json', text)
    expect(read.queries[0].latencyMs).toBe(12.346)
    expect(read.queries[0].stagesMs.observe).toBe(0.123)
    expect(writeRunFile(read)).toBe(text)
  })

  it('are refused with their name and the reason', () => {
    expect(() => readRunFile('a.json', '{"version":')).toThrow(/^a\.json: .*not JSON.*again/)
    expect(() => readRunFile('b.json', '{"version":99}')).toThrow(/^b\.json: .*version 99/)
    expect(() => readRunFile('c.json', '{"version":1}')).toThrow(/^c\.json: Not a run record: kind/)
  })
})
