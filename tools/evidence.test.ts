import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { attentionFileSchema } from '../src/data/results/attention.ts'
import { resultIndexSchema } from '../src/data/results/resultIndex.ts'
import { SEED_RANGES } from '../src/simulation/seeds.ts'
import { parseSeeds } from './cli/options.ts'
import { methodsOfPlan, planNames, readPlan } from './evaluation/plans.ts'
import { findModel } from './policy/openModel.ts'
import { runTool } from './testing/runTool.ts'

/** Episodes go to their horizon. */
const PATIENCE_MS = 300_000

const directory = mkdtempSync(join(tmpdir(), 'specprune-evidence-'))
afterAll(() => rmSync(directory, { recursive: true, force: true }))

describe('evidence', () => {
  it('lists its plans', async () => {
    const { output, status } = await runTool('evidence', '--json')
    expect(status).toBe(0)
    const { plans } = JSON.parse(output) as { plans: { name: string; title: string }[] }
    expect(plans.map(({ name }) => name)).toEqual(planNames())
    expect(plans.length).toBeGreaterThan(5)
  })

  it('asks a question in every plan, on at least 50 test seeds', () => {
    for (const name of planNames()) {
      const { question, seeds } = readPlan(name)
      expect(question, name).toMatch(/\?$/)
      const { first, last } = parseSeeds(seeds)
      expect(last, name).toBeLessThan(SEED_RANGES.test.last + 1)
      expect(last - first, name).toBeGreaterThanOrEqual(49)
    }
  })

  it('lets a plan name a policy of its own, which is served', () => {
    const models = planNames().map((name) => readPlan(name).model)
    expect(models).toContain('all')
    for (const model of models) expect(findModel(model).manifest.suites.length).toBeGreaterThan(0)
  })

  it.each(planNames())('names methods, presets and parameters that exist in %s', (name) => {
    const plan = readPlan(name)
    if (plan.kind === 'comparison') expect(methodsOfPlan(name, plan).length).toBeGreaterThan(1)
  })

  it('answers an unknown plan with the names of all', async () => {
    const run = await runTool('evidence', 'no-such-plan')
    expect(run).toMatchObject({ status: 2, output: '' })
    expect(run.error).toContain('motivation-attention')
  })

  it(
    'writes the file of a plan and the list for the page',
    async () => {
      const call = ['motivation-attention', '--suite', 'object', '--model', 'tiny', '--seeds', '3', '--workers', '1']
      const run = await runTool('evidence', ...call, '--out', directory, '--journal', join(directory, 'kept.jsonl'))
      expect(run.status, run.error).toBe(0)
      const read = (name: string): unknown => JSON.parse(readFileSync(join(directory, name), 'utf8'))
      const file = attentionFileSchema.parse(read('motivation-attention.json'))
      const { shares } = file.suites.object
      expect(shares.filter(({ measure }) => measure === 'coverage')).toHaveLength(2 * 4)
      for (const { mean, bootstrap95 } of shares) {
        expect(mean).toBeGreaterThanOrEqual(bootstrap95[0] - 1e-9)
        expect(mean).toBeLessThanOrEqual(bootstrap95[1] + 1e-9)
        expect(mean).toBeLessThanOrEqual(1)
      }
      const { files } = resultIndexSchema.parse(read('index.json'))
      expect(files).toEqual([{ file: 'motivation-attention.json', kind: 'attention', title: file.title }])
    },
    PATIENCE_MS,
  )
})
