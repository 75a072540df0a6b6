import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Comparison } from '../../src/data/results/comparison.ts'
import { ROOT } from '../cli/project.ts'

const FIRST = join(ROOT, 'public/results/main-paper.json')
const SUITE = 'object'

let folder: string
const original = JSON.parse(readFileSync(FIRST, 'utf8')) as Comparison

beforeAll(() => (folder = mkdtempSync(join(tmpdir(), 'specprune-pairs-'))))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

/** Writes the shipped comparison with changes, as another model would have given it. */
function writeChanged(name: string, change: (comparison: Comparison) => void): string {
  const changed = structuredClone(original)
  change(changed)
  const file = join(folder, name)
  writeFileSync(file, JSON.stringify(changed))
  return file
}

function pair(...files: string[]) {
  const call = ['--import', 'tsx', 'tools/dev/pairResults.ts', ...files]
  const { status, stdout, stderr } = spawnSync(process.execPath, call, { cwd: ROOT, encoding: 'utf8' })
  return { status, lines: stdout.trim().split('\n'), stderr }
}

/** Lets the first episodes that ended one way end the other way. */
function flip(success: (0 | 1)[], from: 0 | 1, count: number): void {
  for (let seed = 0, left = count; left > 0; seed++) {
    if (success[seed] !== from) continue
    success[seed] = from === 1 ? 0 : 1
    left--
  }
}

describe('pairResults', () => {
  it('finds no difference between a file and itself', () => {
    const { status, lines } = pair(FIRST, FIRST)
    expect(status).toBe(0)
    const { outcomes } = original.suites[SUITE]
    expect(lines).toHaveLength(2 + outcomes.length)
    for (const { method, success } of outcomes) {
      const solved = success.filter((value) => value === 1).length
      const found = lines.find((line) => line.includes(`, ${method}: `))
      expect(found).toContain(`${solved} and ${solved} of ${success.length}; second - first 0.0 points (0.0 to 0.0)`)
      expect(found).toContain('discordant 0 : 0, McNemar p = 1.0')
    }
  })

  it('pairs seed by seed: won and lost episodes are told apart', () => {
    const second = writeChanged('other-model.json', ({ provenance, suites }) => {
      provenance.model.id = 'object-other'
      const [{ success }] = suites[SUITE].outcomes
      flip(success, 0, 1)
      flip(success, 1, 4)
    })
    const { lines } = pair(FIRST, second)
    expect(lines[0]).toContain(`first:  ${original.provenance.model.id} `)
    expect(lines[1]).toContain('second: object-other ')
    const { method, success } = original.suites[SUITE].outcomes[0]
    const solved = success.filter((value) => value === 1).length
    const points = ((100 * -3) / success.length).toFixed(1)
    const found = lines.find((line) => line.includes(`, ${method}: `))
    expect(found).toContain(`${solved} and ${solved - 3} of ${success.length}; second - first ${points} points`)
    // Two-sided and exact: 2 (1 + 5) / 2^5.
    expect(found).toContain('discordant 4 : 1, McNemar p = 0.38')
  })

  it('compares only the seeds and the methods that both files have', () => {
    const second = writeChanged('part.json', ({ suites }) => {
      const suite = suites[SUITE]
      suite.seeds = { ...suite.seeds, first: suite.seeds.first + 10, last: suite.seeds.last }
      suite.tasks = suite.tasks.slice(10)
      suite.outcomes = suite.outcomes.map((outcome) => ({ ...outcome, success: outcome.success.slice(10) }))
      suite.outcomes[0].method = 'a-method-of-its-own'
    })
    const { lines, stderr, status } = pair(FIRST, second)
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' })
    const { seeds, outcomes } = original.suites[SUITE]
    expect(lines).toHaveLength(2 + outcomes.length - 1)
    const { method, success } = outcomes[1]
    const solved = success.slice(10).filter((value) => value === 1).length
    const found = lines.find((line) => line.includes(`, ${method}: `))
    expect(found).toContain(`seeds ${seeds.first + 10} - ${seeds.last}, `)
    expect(found).toContain(`${solved} and ${solved} of ${success.length - 10};`)
  })

  it('says in one line what it needs', () => {
    expect(pair(FIRST)).toMatchObject({ status: 2, stderr: expect.stringMatching(/^pairResults: Two files/) as string })
    const nothing = writeChanged('other-suite.json', (comparison) => {
      comparison.suites = { goal: comparison.suites[SUITE] }
    })
    const { status, stderr } = pair(FIRST, nothing)
    expect(status).toBe(2)
    expect(stderr).toMatch(/^pairResults: .*no method and suite in common/)
  })
})
