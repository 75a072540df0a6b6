import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { describe, expect, it } from 'vitest'
import { ROOT } from './cli/project.ts'
import type { BenchResult } from './commands/bench.ts'
import { ratioOfMedians } from './bench/report.ts'
import { runTool } from './testing/runTool.ts'

describe('bench', () => {
  it.each(['node', 'wasm'])('times every contender once a round on %s', async (backend) => {
    const call = ['bench', '--backend', backend, '--model', 'tiny', '--rounds', '2', '--json']
    const methods = ['specprune', 'random:keep=0.25', 'specprune:staticCount=120']
    const run = await runTool(...call, ...methods.flatMap((method) => ['--method', method]))
    expect(run.status).toBe(0)
    const result = JSON.parse(run.output) as BenchResult
    expect(result.rows.map(({ id, n, samplesMs }) => [id.replace(/budget=.*/, 'budget'), n, samplesMs.length])).toEqual(
      ['dense', 'keep-all', ...methods, 'random:budget', 'fastv:budget', 'specprune:staticCount=120 fused'].map(
        (id) => [id, 2, 2],
      ),
    )
    const [dense, keepAll, specprune, random, fixed, peer, , fused] = result.rows
    expect([dense.budget, keepAll.budget]).toEqual([1, 1])
    // Two of four layers run on everything, the others on a quarter.
    expect(random.budget).toBeCloseTo((2 + 2 * 0.25) / 4)
    expect(specprune.budget).toBeLessThan(1)
    expect(Math.abs(peer.budget - specprune.budget), 'peers get the budget that the method had').toBeLessThan(0.05)
    expect(fused).toMatchObject({ engine: 'fused', budget: fixed.budget })
    expect(result.ratios.speedup).toBeCloseTo(dense.p50 / Math.min(specprune.p50, fixed.p50, fused.p50))
    expect(result.ratios.layeredKeepAll).toBeCloseTo(keepAll.p50 / dense.p50)
    expect(result.machine.gemmPeakGflops).toBeGreaterThan(0)
    expect(result.machine).toMatchObject({ backend, threads: 1 })
  })

  it('runs WebAssembly on two threads', async () => {
    // A process of its own: the first session of a process fixes how many threads WebAssembly has there.
    const call = [
      'bench',
      '--backend',
      'wasm',
      '--threads',
      '2',
      '--model',
      'tiny',
      '--rounds',
      '1',
      '--no-peers',
      '--json',
    ]
    const command = ['--import', 'tsx', 'tools/specprune.ts', ...call, '--method', 'random:keep=0.25']
    const { stdout } = await promisify(execFile)(process.execPath, command, { cwd: ROOT })
    const result = JSON.parse(stdout) as BenchResult
    expect(result.machine).toMatchObject({ backend: 'wasm', threads: 2 })
    expect(result.rows.map(({ id }) => id)).toEqual(['dense', 'keep-all', 'random:keep=0.25'])
  })

  it('resamples whole rounds, so that a drift common to both leaves the ratio alone', () => {
    const drift = Array.from({ length: 40 }, (_, round) => 100 + 10 * round)
    const ratio = ratioOfMedians(
      drift.map((ms) => 3 * ms),
      drift,
    )
    expect(ratio.estimate).toBeCloseTo(3)
    expect(ratio.low).toBeCloseTo(3)
    expect(ratio.high).toBeCloseTo(3)
  })
})
