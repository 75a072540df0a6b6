import { describe, expect, it } from 'vitest'
import { selectorRegistry } from '../../core/pruning/registry.ts'
import {
  changedParameters,
  completeValues,
  firstPreset,
  formatNumber,
  groupParameters,
  methodOptions,
  methodOrFirst,
} from './panelModel.ts'

describe('panel model', () => {
  it('describes every method of the registry in groups', () => {
    for (const definition of selectorRegistry) {
      const names = groupParameters(definition).flatMap((group) => group.parameters.map(({ name }) => name))
      expect(names).toEqual(Object.keys(definition.parameters.shape))
    }
  })

  it('falls back to the first method', () => {
    expect(methodOrFirst('no such method')).toBe(selectorRegistry[0])
  })

  it('lists every method once in the picker, under three headings', () => {
    const options = methodOptions(selectorRegistry)
    expect(options.map(({ value }) => value).sort()).toEqual(selectorRegistry.map(({ id }) => id).sort())
    const headings = options.map(({ group }) => group)
    expect(headings.filter((group, i) => group !== headings[i - 1])).toEqual([
      'SpecPrune',
      'Published methods',
      'Controls',
    ])
    for (const id of ['dense', 'random', 'oracle-relevance', 'oracle-attention']) {
      expect(options.find(({ value }) => value === id)?.group).toBe('Controls')
    }
    expect(options.find(({ value }) => value === 'fastv')?.group).toBe('Published methods')
  })

  it('knows what a person has changed', () => {
    const specprune = methodOrFirst('specprune')
    const preset = firstPreset(specprune)
    const values = completeValues(specprune, preset)
    expect([...changedParameters(specprune, preset, values)]).toEqual([])
    expect([...changedParameters(specprune, preset, { ...values, localTokens: 30 })]).toEqual(['localTokens'])
  })

  it('prints numbers with the digits of their step', () => {
    expect(formatNumber(0.986, 0.001)).toBe('0.986')
    expect(formatNumber(24, 1)).toBe('24')
    expect(formatNumber(22 / 3, 0.1)).toBe('7.333')
  })
})
