import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { describe, expect, it } from 'vitest'
import { type Evaluation, parseEvaluation } from '../src/data/results/evaluation.ts'
import { ROOT } from './cli/project.ts'
import { runTool } from './testing/runTool.ts'

/** Processes start slowly on a busy machine. */
const PATIENCE_MS = 300_000

const CALL = [
  'evaluate',
  '--suite',
  'object',
  '--seeds',
  '3..5',
  '--model',
  'tiny',
  '--horizon',
  '12',
  '--execute',
  '6',
  '--json',
]

async function evaluation(...parameters: string[]): Promise<Evaluation> {
  const run = await runTool(...CALL, ...parameters)
  expect(run.error).not.toContain('specprune:')
  expect(run.status).toBe(0)
  return parseEvaluation(JSON.parse(run.output))
}

/** All that must not depend on the clock. */
function counts({ suites }: Evaluation) {
  return Object.entries(suites).map(([suite, { latencyMs: _, ...rest }]) => ({ suite, ...rest }))
}

describe('evaluate', () => {
  it(
    'gives the same result in one process and in several',
    async () => {
      const method = ['--method', 'random:keep=0.4']
      const alone = await evaluation(...method)
      const spread = await evaluation(...method, '--workers', '2')
      expect(counts(spread)).toEqual(counts(alone))
      expect(spread.provenance.workers).toBe(2)
    },
    PATIENCE_MS,
  )

  it(
    'counts dense as the whole budget and names what failed',
    async () => {
      const { suites, provenance } = await evaluation('--method', 'dense')
      expect(suites.object).toMatchObject({
        seeds: { first: 3, last: 5 },
        episodes: 3,
        successes: 0,
        queries: 6,
        steps: 36,
        keptTokensMean: 512,
        budget: 1,
        macsRatio: 1,
        failedSeeds: [3, 4, 5],
        failures: { 'never-grasped': 3 },
      })
      expect(suites.object.wilson95[0]).toBe(0)
      expect(suites.object).toMatchObject({ queriesPerEpisode: 2, horizonSteps: 12, goalsMetMean: 0 })
      const tasks = Object.values(suites.object.tasks ?? {})
      expect(tasks.reduce((sum, task) => sum + task.episodes, 0)).toBe(3)
      expect(suites.object.phrasings).toMatchObject({ trained: { episodes: 3, successes: 0 } })
      expect(provenance.wording).toBe('plain')
      expect(provenance.command).toBe(`npm run -s specprune -- ${[...CALL, '--method', 'dense'].join(' ')}`)
    },
    PATIENCE_MS,
  )

  it(
    'counts what a method removed',
    async () => {
      const { suites } = await evaluation('--method', 'specprune', '--preset', 'paper-v3')
      expect(suites.object.budget).toBeLessThan(1)
      expect(suites.object.macsRatio).toBeLessThan(1)
      expect(suites.object.keptTokensMean).toBeLessThan(512)
    },
    PATIENCE_MS,
  )

  it(
    'prints one JSON object and nothing else, as a process',
    async () => {
      const parameters = ['--import', 'tsx', 'tools/specprune.ts', ...CALL, '--method', 'dense']
      const { stdout, stderr } = await promisify(execFile)(process.execPath, parameters, { cwd: ROOT })
      expect(parseEvaluation(JSON.parse(stdout)).suites.object.episodes).toBe(3)
      expect(stderr).toContain('object seed 3')
    },
    PATIENCE_MS,
  )

  it(
    'says which instruction a model cannot read, before it plays',
    async () => {
      const call = ['evaluate', '--seeds', '0..1', '--model', 'tiny', '--method', 'dense', '--json']
      const long = await runTool(...call, '--suite', 'long')
      expect(long.status).toBe(2)
      expect(long.output).toBe('')
      expect(long.error).toMatch(/--suite long: model "tiny" cannot read "put the .*1 to 7 words/)
      const word = await runTool(...call, '--suite', 'goal', '--seeds', '2')
      expect(word.error).toMatch(/does not know “on”.* It knows: put, the/)
    },
    PATIENCE_MS,
  )
})
