import { spawnSync } from 'node:child_process'
import { describe, expect, it } from 'vitest'
import { ROOT } from './cli/project.ts'

const WRONG: [string, string[], RegExp][] = [
  ['tools/attention.ts', ['--bogus'], /^attention: .*--bogus/],
  ['tools/attention.ts', ['--seeds', '5..2'], /^attention: --seeds: 5\.\.2 runs backwards/],
  ['tools/attention.ts', ['--model', 'tiny', '--execute', 'all'], /^attention: --execute: expected a whole number/],
  ['training/generate-data.ts', ['--suite', 'kitchen'], /^generate-data: Unknown suite "kitchen"/],
  ['training/generate-data.ts', ['--visited', '30'], /^generate-data: --visited needs --model/],
  ['training/generate-data.ts', ['--bogus'], /^generate-data: .*--bogus/],
  ['tools/dev/expert.ts', ['--suite', 'kitchen'], /^expert: --suite: unknown suite "kitchen"/],
  ['tools/dev/expert.ts', ['0..2'], /^expert: .*0\.\.2/],
  ['tools/bench/graphFiles.ts', ['no-such.onnx'], /^graphFiles: there is no file no-such\.onnx/],
  [
    'tools/bench/graphFiles.ts',
    ['--backend', 'gpu', 'a.onnx'],
    /^graphFiles: --backend: "gpu" is not one of node, wasm/,
  ],
  ['tools/bench/growth.ts', ['--rounds', 'many'], /^growth: --rounds: expected a whole number/],
]

describe('tools with a file of their own', () => {
  it.each(WRONG)('%s %s: one line, status 2', (tool, parameters, message) => {
    const call = ['--import', 'tsx', tool, ...parameters]
    const { status, stdout, stderr } = spawnSync(process.execPath, call, { cwd: ROOT, encoding: 'utf8' })
    expect({ status, stdout }).toEqual({ status: 2, stdout: '' })
    expect(stderr).toMatch(message)
    expect(stderr.trim().split('\n')).toHaveLength(1)
  })
})
