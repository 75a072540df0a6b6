import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { describeParameters, formatParameterText, parseParameterText, type ParameterValue } from './parameters.ts'
import { findSelector, formatMethod, parseMethod, resolveParameters, selectorRegistry } from './registry.ts'

describe('registry', () => {
  it('has unique ids, described parameters and presets that are valid', () => {
    expect(new Set(selectorRegistry.map((entry) => entry.id)).size).toBe(selectorRegistry.length)
    for (const definition of selectorRegistry) {
      for (const { help } of describeParameters(definition.parameters)) expect(help.length).toBeGreaterThan(10)
      for (const preset of definition.presets) resolveParameters(definition, preset.id)
      expect(findSelector(definition.id)).toBe(definition)
    }
  })

  it('reads every default back from its text', () => {
    for (const definition of selectorRegistry) {
      for (const description of describeParameters(definition.parameters)) {
        expect(parseParameterText(description, formatParameterText(description.default))).toEqual(description.default)
      }
    }
  })

  it('names what it knows when asked for something unknown', () => {
    expect(() => findSelector('magic')).toThrow('Known methods: specprune, dense, random, stride, stratified')
    expect(() => parseMethod('specprune:paper-v9')).toThrow('Known presets: paper-v3, paper-v1')
    expect(() => parseMethod('random:k=3')).toThrow('Known parameters: removeAfter, keep, budget, fixed')
    expect(() => resolveParameters(findSelector('random'), undefined, { k: 3 })).toThrow('no parameter "k"')
    expect(() => resolveParameters(findSelector('random'), undefined, { keep: 3 })).toThrow('random: keep')
    expect(() => parseMethod('random:keep=0.3:fixed')).toThrow('name=value')
    expect(() => parseMethod('random:keep=much')).toThrow('number from 0 to 1')
  })

  it('lays overrides over the preset over the defaults', () => {
    const values = resolveParameters(findSelector('specprune'), 'paper-v1', { alpha: 0.6 })
    expect(values).toMatchObject({ alpha: 0.6, confidence: 'deviation', globalTokens: 30 })
  })
})

describe('methods as text', () => {
  it('read', () => {
    expect(parseMethod('specprune')).toEqual({ id: 'specprune', values: {} })
    expect(parseMethod('specprune:paper-v3')).toEqual({ id: 'specprune', preset: 'paper-v3', values: {} })
    expect(parseMethod('random:keep=0.3')).toEqual({ id: 'random', values: { keep: 0.3 } })
    expect(parseMethod('specprune:paper-v1:globalLayers=15,32:replan=false')).toEqual({
      id: 'specprune',
      preset: 'paper-v1',
      values: { globalLayers: [15, 32], replan: false },
    })
  })

  it('round-trip for any values in range', () => {
    const definition = findSelector('specprune')
    const values = describeParameters(definition.parameters).map((description): fc.Arbitrary<ParameterValue> => {
      switch (description.kind) {
        case 'number': {
          const { min, max, step } = description
          return step === 1 ? fc.integer({ min, max }) : fc.double({ min, max, noNaN: true }).map((x) => x + 0)
        }
        case 'boolean':
          return fc.boolean()
        case 'choice':
          return fc.constantFrom(...description.options)
        case 'layers':
          return fc
            .uniqueArray(fc.integer({ min: 1, max: description.max }))
            .map((layers) => layers.sort((a, b) => a - b))
      }
    })
    const names = describeParameters(definition.parameters).map(({ name }) => name)
    fc.assert(
      fc.property(fc.tuple(...values), (drawn) => {
        const method = { id: 'specprune', values: Object.fromEntries(names.map((name, i) => [name, drawn[i]])) }
        const read = parseMethod(formatMethod(method))
        expect(read).toEqual(method)
        expect(resolveParameters(definition, undefined, read.values)).toEqual(method.values)
      }),
      { numRuns: 30 },
    )
  })
})
