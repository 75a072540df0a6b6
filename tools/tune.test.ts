import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { findSelector, resolveParameters } from '../src/core/pruning/registry.ts'
import type { Tuning } from './commands/tune.ts'
import { planRounds, rankTrials } from './evaluation/tuneRace.ts'
import { drawCandidates, gridCandidates, parseAxis } from './evaluation/tuneSpace.ts'
import { runTool } from './testing/runTool.ts'

/** Processes start slowly on a busy machine. */
const PATIENCE_MS = 300_000

const directory = mkdtempSync(join(tmpdir(), 'specprune-tune-'))
afterAll(() => rmSync(directory, { recursive: true, force: true }))

describe('candidates', () => {
  it('are drawn the same for the same seed, without repetition, all valid, with the fixed values', () => {
    const drawn = drawCandidates(60, 3, { budget: 0.2 })
    expect(drawn).toEqual(drawCandidates(60, 3, { budget: 0.2 }))
    expect(drawn).not.toEqual(drawCandidates(60, 4, { budget: 0.2 }))
    expect(new Set(drawn.map((candidate) => JSON.stringify(candidate))).size).toBe(60)
    for (const values of drawn) {
      expect(resolveParameters(findSelector('specprune'), undefined, values)).toMatchObject({ budget: 0.2, ...values })
    }
  })

  it('are all combinations in a grid', () => {
    const axes = [parseAxis('localTokens=16|24'), parseAxis('globalLayers=15,32|32')]
    expect(gridCandidates(axes, { replan: false })).toEqual([
      { replan: false, localTokens: 16, globalLayers: [15, 32] },
      { replan: false, localTokens: 16, globalLayers: [32] },
      { replan: false, localTokens: 24, globalLayers: [15, 32] },
      { replan: false, localTokens: 24, globalLayers: [32] },
    ])
    expect(() => parseAxis('magic=1')).toThrow('Known parameters: global')
    expect(() => parseAxis('localTokens=much')).toThrow('whole number')
  })
})

describe('race', () => {
  it('halves candidates while it doubles seeds, and ends with all seeds', () => {
    expect(planRounds(32, 80, 3)).toEqual([
      { seeds: 20, keep: 32 },
      { seeds: 40, keep: 16 },
      { seeds: 80, keep: 8 },
    ])
    expect(planRounds(3, 1, 3)).toEqual([{ seeds: 1, keep: 3 }])
  })

  it('ranks by success within the cost, then by cost', () => {
    const trial = (candidate: number, successes: number, macsRatio: number) => ({
      candidate,
      successes,
      macsRatio,
      episodes: 10,
    })
    const trials = [trial(0, 8, 0.4), trial(1, 9, 0.4), trial(2, 10, 0.5), trial(3, 9, 0.3), trial(4, 9, 0.405)]
    expect(rankTrials(trials, 0.4).map(({ candidate }) => candidate)).toEqual([3, 1, 4, 0, 2])
  })
})

describe('tune', () => {
  const call = ['tune', '--suite', 'object', '--model', 'tiny', '--horizon', '8', '--workers', '1', '--rounds', '2']

  it(
    'searches on validation seeds, goes on from its journal, and writes the preset',
    async () => {
      const journal = join(directory, 'tune.jsonl')
      const preset = join(directory, 'preset.ts')
      const grid = ['--vary', 'localTokens=8|60', '--set', 'replan=false', '--journal', journal, '--preset', preset]
      const run = async (): Promise<Tuning> => {
        const { status, output, error } = await runTool(...call, ...grid, '--seeds', '100000..100001', '--json')
        expect(status, error).toBe(0)
        return JSON.parse(output) as Tuning
      }
      const first = await run()
      const lines = readFileSync(journal, 'utf8')
      expect(first.rounds.map(({ seeds, trials }) => [seeds, trials.length])).toEqual([
        [1, 3],
        [2, 2],
      ])
      expect(first.best.episodes).toBe(2)
      const { createdAt: _, ...provenance } = first.provenance
      const again = await run()
      expect(readFileSync(journal, 'utf8')).toBe(lines)
      expect(again).toMatchObject({ ...first, provenance })
      expect(readFileSync(preset, 'utf8')).toContain('validation seeds 100000 to 100001')
      expect(existsSync(`${journal}.lock`)).toBe(false)
    },
    PATIENCE_MS,
  )

  it('refuses seeds that are not for validation', async () => {
    const { status, error } = await runTool(...call, '--seeds', '99999..100001')
    expect(status).toBe(2)
    expect(error).toContain('only see validation seeds')
  })
})
