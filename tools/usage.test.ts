import { describe, expect, it } from 'vitest'
import { runTool } from './testing/runTool.ts'

const EVALUATE = ['evaluate', '--suite', 'object', '--seeds', '0..1', '--model', 'tiny']
const REPLAY = ['replay', '--episode', '0', '--model', 'tiny']

const WRONG: [string, string[], RegExp][] = [
  ['no command', [], /which command\? Known commands: record, evaluate/],
  ['an unknown command', ['evalute'], /unknown command 'evalute'.*Known commands/],
  ['an unknown option', [...EVALUATE, '--method', 'dense', '--bogus'], /unknown option '--bogus'/],
  ['a missing option', ['evaluate', '--method', 'dense'], /'--suite <suite>' not specified/],
  [
    'an unknown suite',
    ['record', '--suite', 'kitchen', '--seeds', '0', '--out', 'x'],
    /unknown suite "kitchen".*object/,
  ],
  [
    'seeds that run backwards',
    ['evaluate', '--suite', 'all', '--seeds', '5..2', '--method', 'dense'],
    /5\.\.2 runs backwards/,
  ],
  [
    'seeds that are no numbers',
    ['evaluate', '--suite', 'all', '--seeds', '1-4', '--method', 'dense'],
    /expected A\.\.B.*"1-4"/,
  ],
  ['an unknown method', [...EVALUATE, '--method', 'magic'], /Unknown method "magic".*specprune/],
  ['an unknown preset', [...EVALUATE, '--method', 'specprune', '--preset', 'v9'], /no preset "v9".*paper-v3/],
  [
    'two presets',
    [...EVALUATE, '--method', 'specprune:paper-v1', '--preset', 'paper-v3'],
    /already names the preset "paper-v1"/,
  ],
  [
    'an unknown parameter',
    [...EVALUATE, '--method', 'random', '--set', 'speed=1'],
    /no parameter "speed".*Known parameters/,
  ],
  ['a setting without a value', [...EVALUATE, '--method', 'random', '--set', 'speed'], /expected key=value/],
  ['a value out of range', [...EVALUATE, '--method', 'random:keep=7'], /keep: expected a number from/],
  ['a model that is not there', [...EVALUATE.slice(0, -1), 'huge', '--method', 'dense'], /no model "huge".*tiny/],
  ['more actions than a chunk has', [...EVALUATE, '--method', 'dense', '--execute', '9'], /chunks have 8 actions/],
  ['no workers', [...EVALUATE, '--method', 'dense', '--workers', '0'], /--workers: expected a whole number from 1/],
  ['a backend that is not there', ['bench', '--backend', 'cuda'], /expected node or wasm/],
  ['a method to time that is not there', ['bench', '--backend', 'node', '--method', 'magic'], /Unknown method "magic"/],
  [
    'a dataset that is not there',
    [...REPLAY, '--method', 'dense', '--dataset', '/nowhere'],
    /\/nowhere holds no dataset/,
  ],
  [
    'a mistake of a seed that is not recorded',
    ['record', '--suite', 'object', '--seeds', '0', '--out', 'x', '--mistake', '4:drop'],
    /seed 4 is not among/,
  ],
  [
    'an unknown mistake',
    ['record', '--suite', 'object', '--seeds', '0', '--out', 'x', '--mistake', '0:sneeze'],
    /missed-grasp or seed:drop/,
  ],
  [
    'a policy on a seed that is not recorded',
    ['record', '--suite', 'object', '--seeds', '0', '--out', 'x', '--policy', '4'],
    /--policy: seed 4 is not among/,
  ],
  [
    'a mistake on purpose by the policy',
    ['record', '--suite', 'object', '--seeds', '0', '--out', 'x', '--policy', '0', '--mistake', '0:drop'],
    /only the expert makes on purpose/,
  ],
  [
    'a policy where seeds are expected',
    ['record', '--suite', 'object', '--seeds', '0', '--out', 'x', '--policy', 'object'],
    /seeds separated by commas/,
  ],
  [
    'a directory with other things in it',
    ['record', '--suite', 'object', '--seeds', '0', '--out', 'tools'],
    /not part of a recording/,
  ],
]

describe('wrong use', () => {
  it.each(WRONG)('%s: one line, status 2, nothing on standard output', async (_, parameters, message) => {
    const run = await runTool(...parameters)
    expect(run.error).toMatch(message)
    expect(run.error).toMatch(/^specprune: [^\n]+\n$/)
    expect({ status: run.status, output: run.output }).toEqual({ status: 2, output: '' })
  })
})

describe('help', () => {
  it.each([[], ['record'], ['evaluate'], ['replay'], ['methods']])(
    'is printed for %s',
    async (...command: string[]) => {
      const run = await runTool(...command, '--help')
      expect(run).toMatchObject({ status: 0, error: '' })
      expect(run.output).toContain(['Usage: specprune', ...command].join(' '))
    },
  )
})
