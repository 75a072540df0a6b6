import { spawn } from 'node:child_process'
import { appendFileSync, existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { type Comparison, parseComparison } from '../src/data/results/comparison.ts'
import { ROOT } from './cli/project.ts'
import { runTool } from './testing/runTool.ts'

/** Processes start slowly on a busy machine. */
const PATIENCE_MS = 300_000

const METHODS = 'dense,specprune:paper-v3,random:keep=0.4'
const CALL = [
  'compare',
  '--methods',
  METHODS,
  '--suite',
  'object',
  '--model',
  'tiny',
  '--horizon',
  '12',
  '--execute',
].concat('6', '--bootstrap', '200', '--json')

const directory = mkdtempSync(join(tmpdir(), 'specprune-compare-'))
afterAll(() => rmSync(directory, { recursive: true, force: true }))

async function comparison(...parameters: string[]): Promise<Comparison> {
  const run = await runTool(...CALL, ...parameters)
  expect(run.status, run.error).toBe(0)
  return parseComparison(JSON.parse(run.output))
}

/** All that must not depend on the clock. */
function outcomes({ suites, methods }: Comparison) {
  const timeless = Object.entries(suites).map(([suite, { methods: rows, ...rest }]) => ({
    suite,
    ...rest,
    rows: rows.map(({ latencyMs: { count }, latencyPerEpisodeMs: _, ...row }) => ({ count, ...row })),
  }))
  return { methods, timeless }
}

/** Keys of the units in a journal, in the order in which they ended. */
function unitsIn(journal: string): string[] {
  return readFileSync(journal, 'utf8')
    .split('\n')
    .filter((line) => line.includes('"type":"unit"'))
    .map((line) => {
      const { kind, seed, methodKey } = (JSON.parse(line) as { result: Record<string, string | number> }).result
      return `${kind} ${seed} ${methodKey}`
    })
}

/** Starts the command as a process, kills it once its journal has some units, and waits for its end. */
async function killAfter(units: number, journal: string, parameters: readonly string[]): Promise<void> {
  const child = spawn(process.execPath, ['--import', 'tsx', 'tools/specprune.ts', ...parameters], {
    cwd: ROOT,
    stdio: 'ignore',
  })
  const ended = new Promise((resolve) => child.on('exit', resolve))
  while (child.exitCode === null && (!existsSync(journal) || unitsIn(journal).length < units)) {
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
  child.kill('SIGKILL')
  await ended
}

describe('compare', () => {
  it(
    'gives the same outcomes twice, in one process and in several, and after being killed; no seed is played twice',
    async () => {
      const journal = join(directory, 'killed.jsonl')
      const call = ['--seeds', '3..5', '--agreement', '3', '--journal', journal, '--workers', '2']
      const alone = await comparison('--seeds', '3..5', '--agreement', '3', '--workers', '1')
      await killAfter(3, journal, [...CALL, ...call])
      const before = unitsIn(journal)
      expect(before.length).toBeGreaterThanOrEqual(3)
      expect(before.length).toBeLessThan(12)
      // The rest of a line that was being written when the process died.
      appendFileSync(journal, '{"type":"unit","result":{"kind":"epis')

      const resumed = await comparison(...call)
      expect(outcomes(resumed)).toEqual(outcomes(alone))
      const after = unitsIn(journal)
      expect(after.slice(0, before.length)).toEqual(before)
      expect(after).toHaveLength(12)
      expect(new Set(after).size).toBe(12)
      expect(resumed.provenance.played).toBe(12 - before.length)

      const again = await comparison(...call)
      expect(again.provenance.played).toBe(0)
      expect(outcomes(again)).toEqual(outcomes(alone))
      expect(unitsIn(journal)).toEqual(after)
    },
    PATIENCE_MS,
  )

  it(
    'measures what was kept and names everything that the numbers hang on',
    async () => {
      const out = join(directory, 'result.json')
      const result = await comparison('--seeds', '3..4', '--workers', '1', '--all-pairs', '--out', out)
      expect(parseComparison(JSON.parse(readFileSync(out, 'utf8')))).toEqual(result)
      expect(existsSync(join(directory, 'result.journal.jsonl'))).toBe(false)
      const { methods, pairs, tasks, horizonSteps } = result.suites.object
      expect(horizonSteps).toBe(12)
      const [dense, specprune, random] = methods
      expect(dense).toMatchObject({ budget: 1, macsRatio: 1, keptTokens: 512, queriesPerEpisode: 2 })
      expect(dense.recall).toEqual({ lastLayer: 1, layers: 1, targetLastLayer: 1 })
      expect(specprune.budget).toBeLessThan(1)
      expect(random.keptTokens).toBe(204)
      expect(random.macsPerQuery).toBeLessThan(dense.macsPerQuery)
      expect(random.recall?.lastLayer).toBeLessThan(1)
      expect(pairs.map(({ first, second }) => [first, second])).toEqual([
        ['dense', 'specprune:paper-v3'],
        ['dense', 'random:keep=0.4'],
        ['specprune:paper-v3', 'random:keep=0.4'],
      ])
      expect(tasks).toHaveLength(2)
      expect(result.provenance).toMatchObject({
        executeSteps: 6,

        methodSeed: 0,
        workers: 1,
        played: 6,
      })
      expect(result.provenance.model.weightsSha256).toMatch(/^[0-9a-f]{64}$/)
      expect(result.provenance.command).toContain('compare --methods')
    },
    PATIENCE_MS,
  )

  it(
    'refuses a journal that was begun under other conditions',
    async () => {
      const journal = join(directory, 'conditions.jsonl')
      const call = ['--seeds', '3', '--journal', journal, '--journal-only', '--workers', '1']
      expect(await runTool(...CALL, ...call)).toMatchObject({ status: 0, output: '' })
      const run = await runTool(...CALL, ...call, '--method-seed', '7')
      expect(run).toMatchObject({ status: 1, output: '' })
      expect(run.error).toContain('--method-seed 0')
      expect(run.error).toContain('--method-seed 7')
      const wasm = await runTool(...CALL, ...call, '--backend', 'wasm')
      expect(wasm).toMatchObject({ status: 1, output: '' })
      expect(wasm.error).toContain('--backend wasm')
    },
    PATIENCE_MS,
  )

  it.each([
    [['--methods', 'dense,nonsense'], 'Unknown method "nonsense"'],
    [['--methods', 'specprune:paper-v9'], 'has no preset "paper-v9"'],
    [['--methods', 'dense,dense'], 'named twice'],
    [['--suite', 'kitchen'], 'unknown suite "kitchen"'],
    [['--workers', '0'], '--workers'],
    [['--backend', 'webgpu'], 'expected node or wasm'],
    [['--journal-only'], '--journal-only needs --journal'],
  ])('answers %j with one line', async (parameters, message) => {
    const run = await runTool(...CALL, '--seeds', '3', ...parameters)
    expect(run).toMatchObject({ status: 2, output: '' })
    expect(run.error.trim().split('\n')).toHaveLength(1)
    expect(run.error).toContain(message)
  })
})
