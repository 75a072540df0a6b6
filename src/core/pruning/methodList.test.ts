import { describe, expect, it } from 'vitest'
import { methodKey, parseMethodList } from './methodList.ts'
import { parseMethod } from './registry.ts'

describe('list of methods', () => {
  it('separates methods at commas, but not the layers of one', () => {
    expect(parseMethodList('dense, specprune:paper-v3:globalLayers=15,32:dropShare=0.2,random:keep=0.3')).toEqual([
      { id: 'dense', values: {} },
      { id: 'specprune', preset: 'paper-v3', values: { globalLayers: [15, 32], dropShare: 0.2 } },
      { id: 'random', values: { keep: 0.3 } },
    ])
  })

  it.each([
    ['dense,nonsense', 'Unknown method "nonsense"'],
    ['dense,,random', 'two commas'],
    ['dense,', 'a comma at an end'],
    ['dense,dense', '"dense" is named twice'],
    ['random:keep=2', 'from'],
  ])('refuses %s', (text, message) => {
    expect(() => parseMethodList(text)).toThrow(message)
  })
})

describe('key of a method', () => {
  it('is the same for two spellings of the same settings', () => {
    const named = methodKey(parseMethod('specprune:paper-v3'))
    expect(methodKey(parseMethod('specprune:paper-v3:dropShare=0.1'))).toBe(named)
    expect(methodKey(parseMethod('specprune:paper-v3:dropShare=0.2'))).not.toBe(named)
  })
})
