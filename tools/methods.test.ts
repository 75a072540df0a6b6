import { describe, expect, it } from 'vitest'
import { parseParameterText, formatParameterText } from '../src/core/pruning/parameters.ts'
import { findSelector, resolveParameters, selectorRegistry } from '../src/core/pruning/registry.ts'
import type { ListedMethod } from './commands/methods.ts'
import { runTool } from './testing/runTool.ts'

async function listed(...parameters: string[]): Promise<ListedMethod[]> {
  const run = await runTool('methods', ...parameters, '--json')
  expect(run).toMatchObject({ status: 0, error: '' })
  const printed = JSON.parse(run.output) as { methods: ListedMethod[] }
  expect(Object.keys(printed)).toEqual(['methods'])
  return printed.methods
}

describe('methods', () => {
  it('lists every method of the registry with what is needed to run it', async () => {
    const methods = await listed()
    expect(methods.map(({ id }) => id)).toEqual(selectorRegistry.map(({ id }) => id))
    for (const { id, title, citation, presets, parameters } of methods) {
      expect(title).not.toBe('')
      expect(citation.title).not.toBe('')
      for (const preset of presets) resolveParameters(findSelector(id), undefined, preset.values)
      for (const parameter of parameters) {
        expect(parseParameterText(parameter, formatParameterText(parameter.default))).toEqual(parameter.default)
      }
    }
  })

  it('lists one method', async () => {
    const [method, ...others] = await listed('fastv')
    expect(others).toEqual([])
    expect(method.citation.source).toBe('ECCV 2024, arXiv 2403.06764')
    expect(method.parameters.map(({ name }) => name)).toEqual(expect.arrayContaining(['layer', 'keep', 'budget']))
  })

  it('prints a table for people, one line a method, and all about one method', async () => {
    const all = await runTool('methods')
    const lines = all.output.split('\n')
    expect(lines[0]).toMatch(/^METHOD +TITLE +KIND +SOURCE +PRESETS$/)
    for (const { id } of selectorRegistry) expect(lines.filter((line) => line.startsWith(`${id} `))).toHaveLength(1)
    const one = await runTool('methods', 'vla-pruner')
    expect(one.output).toMatch(/^VLA-Pruner\n/)
    expect(one.output).toMatch(/as-released +As released .* weightOrder=oldest/)
    expect(one.output).toMatch(/decay +0\.8 +0 \.\.\. 1 +Decay per query\./)
  })

  it.each([
    ['an unknown method', ['methods', 'magic'], /Unknown method "magic".*Known methods: specprune/],
    ['an unknown option', ['methods', '--csv'], /unknown option '--csv'/],
    ['too many methods', ['methods', 'fastv', 'tome'], /too many arguments/],
  ])('%s: one line, status 2, nothing on standard output', async (_, parameters, message) => {
    const run = await runTool(...parameters)
    expect(run.error).toMatch(message)
    expect(run.error).toMatch(/^specprune: [^\n]+\n$/)
    expect({ status: run.status, output: run.output }).toEqual({ status: 2, output: '' })
  })
})
