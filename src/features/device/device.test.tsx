import { fireEvent, render, screen } from '@testing-library/react'
import { describe, expect, it } from 'vitest'
import type { BenchmarkSubject } from '../../stores/benchmarkStore.ts'
import { measurementFile, measurementOf, readMeasurement, timerResolutionUs } from './deviceModel.ts'
import { GainCalculator } from './GainCalculator.tsx'

const subject: BenchmarkSubject = {
  method: 'specprune',
  model: 'tiny',
  episode: 'object/0',
  device: { backend: 'wasm', threads: 1, agent: 'Test 1' },
  softwareAdapter: true,
  rounds: 2,
  startedAt: '2026-11-24T12:00:00Z',
}
const samples = [10, 30, 20].flatMap((ms, round) => [
  { round, engine: 'dense' as const, step: 0, latencyMs: ms },
  { round, engine: 'fused' as const, step: 0, latencyMs: ms / 2 },
])

describe('measurements', () => {
  it('come back from their file as they were', () => {
    const measured = measurementOf(subject, samples)
    expect(measured?.rows.map(({ id, p50Ms, count, speedUp }) => [id, p50Ms, count, speedUp])).toEqual([
      ['dense', 20, 3, undefined],
      ['fused', 10, 3, 2],
    ])
    expect(measured?.caution).toMatch(/emulated/)
    expect(readMeasurement(measurementFile(subject, samples, 5))).toEqual(measured)
  })

  it('are read from the command line too', () => {
    const machine = { backend: 'node', threads: 2, processor: 'Some CPU', busy: true }
    const rows = [{ id: 'dense', engine: 'dense', samplesMs: [4, 6, 5] }]
    const read = readMeasurement(JSON.stringify({ version: 1, rows, machine, ratios: {} }))
    expect(read.rows).toEqual([expect.objectContaining({ title: 'dense', p50Ms: 5 })])
    expect(read).toMatchObject({
      origin: 'node, 2 thread(s) · Some CPU',
      caution: 'The machine was busy when it was measured.',
    })
  })

  it('say what is wrong with a file', () => {
    expect(() => readMeasurement('no')).toThrow(/not JSON/)
    expect(() => readMeasurement('{"rows":[]}')).toThrow(/not a measurement/)
  })

  it('know the step of the clock', () => {
    let calls = 0
    expect(timerResolutionUs(() => Math.floor(calls++ / 3) * 0.25)).toBe(250)
  })
})

describe('GainCalculator', () => {
  it('answers to the share kept', () => {
    render(<GainCalculator />)
    const status = screen.getByRole('status')
    const before = status.textContent
    fireEvent.change(screen.getByLabelText('Visual tokens kept'), { target: { value: '1' } })
    expect(status.textContent).not.toBe(before)
    fireEvent.change(screen.getByLabelText('Time outside the language model'), { target: { value: '1' } })
    expect(status.textContent).toContain('1.00× shorter latency')
  })
})
