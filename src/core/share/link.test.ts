import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { ENGINE_CHOICES } from '../policy/engine.ts'
import type { SelectorDefinition } from '../pruning/contract.ts'
import { defaultParameters, describeParameters } from '../pruning/parameters.ts'
import type { ParameterDescription, ParameterValue } from '../pruning/parameters.ts'
import { resolveParameters, selectorRegistry } from '../pruning/registry.ts'
import links from './fixtures/links-v1.txt?raw'
import newerLinks from './fixtures/links-v2.txt?raw'
import newestLinks from './fixtures/links-v3.txt?raw'
import methodLinks from './fixtures/method-links-v1.txt?raw'
import { PARAMETER_PREFIX, SHARE_FIELDS } from './fields.ts'
import { buildShareFragment, parseShareState } from './link.ts'
import type { ShareContext } from './link.ts'
import { parameterOverrides } from './parameters.ts'
import { MAX_FRAGMENT_LENGTH, OVERLAY_MODES, PAGE_PARTS, SHARE_DEFAULTS } from './state.ts'
import type { PinnedSetting, ShareState } from './state.ts'
import { otherDefinition, testDefinition } from './testing/definition.ts'

const methods: readonly SelectorDefinition[] = [testDefinition, otherDefinition]
const context: ShareContext = { methods }

function parameterValue(description: ParameterDescription): fc.Arbitrary<ParameterValue> {
  switch (description.kind) {
    case 'number': {
      const { min, max, step } = description
      const steps = Math.floor((max - min) / step)
      return fc.integer({ min: 0, max: steps }).map((i) => Number((min + i * step).toPrecision(6)))
    }
    case 'boolean':
      return fc.boolean()
    case 'choice':
      return fc.constantFrom(...description.options)
    case 'layers':
      return fc
        .uniqueArray(fc.integer({ min: 1, max: description.max }), { maxLength: 8 })
        .map((layers) => layers.sort((a, b) => a - b))
  }
}

/** A brush of few tokens, as its text. */
const forcedText = fc
  .array(fc.constantFrom('N3', 'K', 'D2', 'K5', 'Dc', 'G4'), { minLength: 1, maxLength: 6 })
  .map((runs) => runs.join(''))

/** An instruction of a few words. */
const instructionText = fc
  .array(fc.stringMatching(/^[a-z0-9'-]{1,8}$/), { minLength: 1, maxLength: 8 })
  .map((words) => words.join(' '))

function pinnedSetting(definition: SelectorDefinition): fc.Arbitrary<PinnedSetting> {
  const [first] = describeParameters(definition.parameters)
  const presets: (string | undefined)[] = [undefined, ...definition.presets.map(({ id }) => id)]
  const value = first === undefined ? fc.constant(undefined) : parameterValue(first)
  return fc
    .record({
      preset: fc.constantFrom(...presets),
      value,
      executeSteps: fc.integer({ min: 1, max: 64 }),
      seed: fc.nat(2 ** 32 - 1),
      forced: fc.option(forcedText, { nil: undefined }),
      instruction: fc.option(instructionText, { nil: undefined }),
    })
    .map(({ preset, value: chosen, executeSteps, seed, forced, instruction }) => {
      const values = resolveParameters(definition, preset, chosen === undefined ? {} : { [first.name]: chosen })
      return {
        method: definition.id,
        ...(preset === undefined ? {} : { preset }),
        parameters: parameterOverrides(definition, preset, values),
        executeSteps,
        seed,
        ...(forced === undefined ? {} : { forced }),
        ...(instruction === undefined ? {} : { instruction }),
      }
    })
}

/** Any state of a method that a page can be in. */
function stateOf(definition: SelectorDefinition): fc.Arbitrary<ShareState> {
  const parameters = Object.fromEntries(
    describeParameters(definition.parameters).map((description) => [description.name, parameterValue(description)]),
  )
  const reference = fc.record(
    { id: fc.stringMatching(/^[a-z][a-z0-9/._-]{0,30}$/), hash: fc.stringMatching(/^[0-9a-f]{8}$/) },
    { requiredKeys: ['id'] },
  )
  const preset: fc.Arbitrary<string | undefined> = fc.constantFrom(undefined, ...definition.presets.map(({ id }) => id))
  return fc
    .record(
      {
        dataset: reference,
        model: reference,
        episode: fc.nat(200),
        frame: fc.nat(999_999),
        preset,
        values: fc.record(parameters),
        executeSteps: fc.integer({ min: 1, max: 64 }),
        seed: fc.nat(2 ** 32 - 1),
        overlay: fc.constantFrom(...OVERLAY_MODES),
        layer: fc.nat(24),
        scoreRows: fc.constantFrom('text' as const, 'action' as const),
        pinnedToken: fc.nat(511),
        tab: fc.constantFrom('charts', 'measure'),
        outlineTruth: fc.constant(true as const),
        forced: forcedText,
        instruction: instructionText,
        loop: fc
          .record({ from: fc.nat(99_999), length: fc.integer({ min: 1, max: 999 }) })
          .map(({ from, length }) => ({ from, to: from + length })),
        compare: fc.array(pinnedSetting(definition), { minLength: 1, maxLength: 4 }),
        hidden: fc.subarray([...PAGE_PARTS], { minLength: 1 }),
        embed: fc.constant(true as const),
        engine: fc.constantFrom(...ENGINE_CHOICES),
        unknown: fc.dictionary(fc.stringMatching(/^[g-kw-z]{2,5}$/), fc.string({ unit: 'grapheme', maxLength: 12 }), {
          maxKeys: 3,
        }),
      },
      {
        requiredKeys: ['episode', 'frame', 'values', 'executeSteps', 'seed', 'overlay', 'scoreRows', 'tab', 'unknown'],
      },
    )
    .map(({ values, unknown, preset: chosen, ...rest }) => ({
      ...rest,
      ...(chosen === undefined ? {} : { preset: chosen }),
      method: definition.id,
      parameters: parameterOverrides(definition, chosen, values),
      unknown: Object.entries(unknown).sort(([a], [b]) => (a < b ? -1 : 1)),
    }))
}

const pages = [
  ...methods.map((definition) => ({ title: definition.title, definition, context })),
  ...selectorRegistry.map((definition) => ({
    title: definition.title,
    definition,
    context: { methods: selectorRegistry },
  })),
]

describe.each(pages)('links of $title', ({ definition, context }) => {
  it('open as the state that they were made of, without a note', () => {
    fc.assert(
      fc.property(stateOf(definition), (state) => {
        const fragment = buildShareFragment(state)
        expect(parseShareState(fragment, context)).toEqual({ state, notes: [] })
        expect(fragment.length).toBeLessThanOrEqual(MAX_FRAGMENT_LENGTH)
      }),
    )
  })

  it('mean the same in any order of their parts', () => {
    const shuffled = stateOf(definition).chain((state) => {
      const parts = buildShareFragment(state).split('&')
      return fc.shuffledSubarray(parts, { minLength: parts.length }).map((order) => ({ state, order }))
    })
    fc.assert(
      fc.property(shuffled, ({ state, order }) => {
        expect(parseShareState(`#${order.join('&')}`, context).state).toEqual(state)
      }),
    )
  })
})

describe.each([
  { corpus: 'links-v1.txt', text: links, context },
  { corpus: 'links-v2.txt', text: newerLinks, context },
  { corpus: 'links-v3.txt', text: newestLinks, context },
  { corpus: 'method-links-v1.txt', text: methodLinks, context: { methods: selectorRegistry } },
])('old links of $corpus', ({ text, context }) => {
  const lines = text.split('\n').filter((line) => line !== '' && !line.startsWith('#'))

  it.each(lines.map((line) => line.split('\t')))('open: %s', (fragment, expected) => {
    const { state, notes } = parseShareState(fragment, context)
    expect(state).toEqual({ ...SHARE_DEFAULTS, ...JSON.parse(expected) })
    expect(notes).toEqual([])
    expect(buildShareFragment(state)).toBe(fragment)
  })
})

describe('parseShareState', () => {
  it('takes any text', () => {
    const parts = fc.array(
      fc.tuple(
        fc.oneof(fc.constantFrom(...Object.values(SHARE_FIELDS).map(({ key }) => key), 'v', 'p.keep'), fc.string()),
        fc.string({ unit: 'binary' }),
      ),
    )
    const text = fc.oneof(
      fc.string({ unit: 'binary' }),
      parts.map((pairs) => pairs.map(([key, value]) => `${key}=${value}`).join('&')),
    )
    fc.assert(
      fc.property(text, (fragment) => {
        const { state } = parseShareState(fragment, context)
        const rebuilt = buildShareFragment(state)
        expect(rebuilt.length).toBeLessThanOrEqual(MAX_FRAGMENT_LENGTH)
        expect(buildShareFragment(parseShareState(rebuilt, context).state)).toBe(rebuilt)
      }),
    )
  })

  it.each([
    ['f=-1', 'The link\'s frame "-1" was not understood (expected a whole number from 0 to 999999).'],
    ['f=1e3', 'frame "1e3" was not understood'],
    ['o=rainbow', 'overlay "rainbow" was not understood (expected one of sets, survival, scores, truth)'],
    ['d=<b>', 'dataset "<b>" was not understood'],
    ['m=a@12345', 'model "a@12345" was not understood'],
    ['p=nothing&p.keep=3', 'This page has no method "nothing"; Test method with its defaults is shown instead.'],
    ['ps=huge', 'Test method has no preset "huge"; its defaults are used.'],
    ['p.keep=9999', 'The link\'s value "9999" for Kept tokens is not possible; its default is used.'],
    ['p.keep=lots&ps=paper', "is not possible; the preset's value is used."],
    ['p.size=2', 'Test method has no parameter "size"; it was left out.'],
    ['loop=9-9', 'loop "9-9" was not understood (expected two frames, the first less than the last, as in 12-40)'],
    ['i=Pick+up', 'instruction "Pick+up" was not understood'],
    ['v=7', 'This link comes from a newer version of the page (link format 7)'],
    ['v=one', 'format version "one" is not known'],
    ['f=1&f=2', 'The link has "f" twice; the last value is used.'],
    ['x=%E0%A4%A', 'A part of the link is damaged and was left out: "x=%E0%A4%A".'],
  ])('says what it did not take over from %s', (fragment, note) => {
    const { notes } = parseShareState(fragment, context)
    expect(notes).toHaveLength(1)
    expect(notes[0]).toContain(note)
  })

  it('falls back to the defaults where a value is bad, and only there', () => {
    const { state } = parseShareState('f=x&e=2&o=', context)
    expect(state).toEqual({ ...SHARE_DEFAULTS, episode: 2 })
  })

  it('notes other weights and another dataset', () => {
    const sha256 = 'abcdef0123456789'
    const present = { model: { id: 'tiny', sha256 }, dataset: { id: 'table', sha256 } }
    const read = (fragment: string) => parseShareState(fragment, { methods, present }).notes
    expect(read('m=tiny@abcdef01&d=table@abcdef01')).toEqual([])
    expect(read('m=tiny&d=table')).toEqual([])
    expect(read('m=tiny@00000000')).toEqual([
      'The link was made with other weights of tiny (00000000); numbers may differ.',
    ])
    expect(read('m=huge')[0]).toContain('the model "huge"')
    expect(read('d=table@00000000')[0]).toContain('another version of table')
  })

  it('uses the first method when the default one is gone', () => {
    const { state } = parseShareState('', { methods: [otherDefinition] })
    expect(state.method).toBe('other:method')
  })
})

describe('settings to compare with', () => {
  const read = (cmp: string) => parseShareState(`cmp=${cmp}`, context)

  it.each([
    ['nothing:keep=3', 'was not understood'],
    ['specprune@0.1', 'was not understood'],
    ['specprune!X3', 'was not understood'],
    ['specprune:huge', 'has no preset "huge"'],
    ['specprune:size=2', 'has no parameter "size"'],
    ['specprune~specprune~specprune~specprune~specprune', 'compares 5 settings; the first 4 are shown'],
  ])('say what is wrong with %s', (text, note) => {
    expect(read(text).notes.join(' ')).toContain(note)
  })

  it('are an unknown key in a link of format 1', () => {
    const { state, notes } = parseShareState('cmp=specprune&v=1', context)
    expect(state.compare).toBeUndefined()
    expect(state.unknown).toEqual([['cmp', 'specprune']])
    expect(notes).toEqual([])
  })

  it('leave out the last ones where the link would be too long', () => {
    const long: PinnedSetting = {
      method: 'specprune',
      parameters: {},
      executeSteps: 8,
      seed: 0,
      forced: 'KD'.repeat(350),
    }
    const fragment = buildShareFragment({ ...SHARE_DEFAULTS, compare: [long, long, long, long] })
    expect(parseShareState(fragment, context).state.compare).toEqual([long, long])
  })
})

describe('buildShareFragment', () => {
  it('says the lowest version that has all its keys', () => {
    expect(buildShareFragment({ ...SHARE_DEFAULTS, frame: 4 })).toBe('f=4&v=1')
    expect(buildShareFragment({ ...SHARE_DEFAULTS, frame: 4, embed: true })).toBe('embed=1&f=4&v=2')
    expect(buildShareFragment({ ...SHARE_DEFAULTS, forced: 'K2' })).toBe('b=K2&v=2')
    expect(buildShareFragment({ ...SHARE_DEFAULTS, forced: 'K2G' })).toBe('b=K2G&v=3')
    expect(buildShareFragment({ ...SHARE_DEFAULTS, loop: { from: 0, to: 9 } })).toBe('loop=0-9&v=3')
  })

  it('leaves out unknown keys that would make the link too long, or that it knows', () => {
    const unknown = [
      ['big', 'x'.repeat(MAX_FRAGMENT_LENGTH)],
      ['f', '7'],
      ['small', '1'],
    ] as const
    expect(buildShareFragment({ ...SHARE_DEFAULTS, unknown })).toBe('small=1&v=1')
  })

  it('writes numbers without binary noise', () => {
    const parameters = { ratio: 0.1 + 0.2 }
    expect(buildShareFragment({ ...SHARE_DEFAULTS, parameters })).toBe('p.ratio=0.3&v=1')
  })
})

describe('parameter overrides', () => {
  it('hold what differs from the preset and give the values back', () => {
    const values = { ...defaultParameters(testDefinition.parameters), keep: 60, layers: [5], ratio: 0.75 }
    const overrides = parameterOverrides(testDefinition, 'paper', values)
    expect(overrides).toEqual({ keep: 60, ratio: 0.75 })
    expect(resolveParameters(testDefinition, 'paper', overrides)).toEqual(values)
  })

  it('has no key that a plain property could take', () => {
    const keys = Object.values(SHARE_FIELDS).map(({ key }) => key)
    expect(new Set(keys).size).toBe(keys.length)
    expect(keys.some((key) => key.startsWith(PARAMETER_PREFIX))).toBe(false)
  })
})
