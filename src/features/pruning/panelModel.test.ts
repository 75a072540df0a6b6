import { describe, expect, it } from 'vitest'
import { selectorRegistry } from '../../core/pruning/registry.ts'
import {
  changedCounts,
  describeLayers,
  completeValues,
  firstPreset,
  formatNumber,
  groupParameters,
  layerChips,
  methodOptions,
  methodOrFirst,
  toggleLayer,
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
    const groups = groupParameters(specprune)
    const group = groups.findIndex(({ parameters }) => parameters.some(({ name }) => name === 'localTokens'))
    expect(changedCounts(groups, values, values)).toEqual(groups.map(() => 0))
    expect(changedCounts(groups, {}, values)).toEqual(groups.map(() => 0))
    expect(changedCounts(groups, { ...values, localTokens: 30 }, values)).toEqual(
      groups.map((_, index) => (index === group ? 1 : 0)),
    )
  })

  it('prints numbers with the digits of their step', () => {
    expect(formatNumber(0.986, 0.001)).toBe('0.986')
    expect(formatNumber(24, 1)).toBe('24')
    expect(formatNumber(22 / 3, 0.1)).toBe('7.333')
  })

  const layersOf = (name: string) => {
    const found = groupParameters(methodOrFirst('specprune'))
      .flatMap(({ parameters }) => parameters)
      .find((description) => description.name === name)
    if (found?.kind !== 'layers') throw new Error(`${name} holds no layers.`)
    return found
  }

  it('offers the layers of the model that is there', () => {
    const stages = layersOf('stageLayers')
    const pressed = (layers: number) =>
      layerChips(stages, [5, 10, 15, 20], layers)
        .filter((chip) => chip.pressed)
        .map(({ layer }) => layer)
    expect(layerChips(stages, [], 12)).toHaveLength(12)
    // round(l 12 / 32) by hand.
    expect(pressed(12)).toEqual([2, 4, 6, 8])
    expect(pressed(32)).toEqual([5, 10, 15, 20])
    expect(layerChips(layersOf('localLayers'), [1, 2, 20], 12).filter((chip) => chip.pressed)).toHaveLength(2)
    expect(describeLayers(stages, [5, 10])).toBe('5, 10 of 32')
  })

  it('switches every layer on and off again, in the paper’s layers where the value is in those', () => {
    for (const name of ['stageLayers', 'localLayers']) {
      const description = layersOf(name)
      for (const layers of [4, 12, 32, 40]) {
        for (const { layer } of layerChips(description, [], Math.min(layers, 32))) {
          if (layers > 32 && name === 'stageLayers') continue
          const on = toggleLayer(description, [], layer, layers)
          expect(layerChips(description, on, layers).filter((chip) => chip.pressed)).toEqual([{ layer, pressed: true }])
          expect(toggleLayer(description, on, layer, layers)).toEqual([])
        }
      }
    }
    // Two of the paper's layers that mean the same one go together.
    expect(toggleLayer(layersOf('stageLayers'), [5, 6, 20], 2, 12)).toEqual([20])
  })
})
