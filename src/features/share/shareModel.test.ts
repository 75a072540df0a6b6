import { describe, expect, it } from 'vitest'
import { SHARE_DEFAULTS } from '../../core/share/state.ts'
import type { ShareState } from '../../core/share/state.ts'
import { testDefinition } from '../../core/share/testing/definition.ts'
import { buildShareUrl, describeShareState, offeredShareParts, selectShareParts } from './shareModel.ts'

const state: ShareState = {
  ...SHARE_DEFAULTS,
  dataset: { id: 'tabletop', hash: '0a1b2c3d' },
  episode: 2,
  frame: 42,
  preset: 'paper',
  parameters: { keep: 24, layers: [] },
  overlay: 'scores',
  layer: 4,
  pinnedToken: 187,
}

describe('buildShareUrl', () => {
  it('replaces the query and the fragment of the page', () => {
    const url = buildShareUrl('https://example.org/play/?backend=wasm#old', { ...SHARE_DEFAULTS, frame: 3 })
    expect(url).toBe('https://example.org/play/#f=3&v=1')
  })
})

describe('selectShareParts', () => {
  it('keeps everything that is chosen', () => {
    expect(selectShareParts(state, new Set(['position', 'view']))).toEqual(state)
  })

  it('leaves out the moment and the view, but never the method or the data', () => {
    const url = buildShareUrl('/', selectShareParts(state, new Set()))
    expect(url).toBe('/#d=tabletop@0a1b2c3d&e=2&p.keep=24&p.layers=&ps=paper&v=1')
  })
})

describe('what a link may leave out', () => {
  const full: ShareState = {
    ...state,
    loop: { from: 4, to: 40 },
    outlineTruth: true,
    forced: 'NK2G3',
    instruction: 'pick up the red cube',
    compare: [{ method: 'random', parameters: { keep: 0.3 }, executeSteps: 8, seed: 7 }],
    hidden: ['header', 'intro'],
    embed: true,
  }

  it('offers only what is there', () => {
    expect(offeredShareParts(state)).toEqual(['position', 'view'])
    expect(offeredShareParts(full)).toEqual(['position', 'view', 'comparison', 'page'])
  })

  it('never leaves out what the numbers depend on', () => {
    const url = buildShareUrl('/', selectShareParts(full, new Set()))
    const kept = 'b=NK2G3&d=tabletop@0a1b2c3d&e=2&i=pick%20up%20the%20red%20cube&p.keep=24&p.layers=&ps=paper&v=3'
    expect(url).toBe(`/#${kept}`)
  })

  it('lists the loop, the brush, the instruction, comparisons and hidden parts', () => {
    const rows = describeShareState(full, [testDefinition])
    expect(rows).toEqual(
      expect.arrayContaining([
        { label: 'Loop', value: 'frames 4 to 40' },
        { label: 'Brush', value: '2 kept, 3 greyed' },
        { label: 'Instruction', value: '“pick up the red cube” instead of the episode’s own' },
        { label: 'Compared, 1', value: expect.stringMatching(/^Random.*0\.3; seed 7$/) as unknown },
        { label: 'Page', value: 'cameras, player and pipeline only; without header, intro' },
      ]),
    )
  })
})

describe('describeShareState', () => {
  it('names what the link contains in the words of the page', () => {
    const rows = Object.fromEntries(
      describeShareState(state, [testDefinition]).map(({ label, value }) => [label, value]),
    )
    expect(rows).toEqual({
      Data: 'tabletop (0a1b2c3d), episode 2, frame 42',
      Model: "the page's own",
      Method: 'Test method, Paper',
      'Changed settings': 'Kept tokens 24; Layers none',
      Run: '8 executed steps per query, seed 0',
      View: 'overlay scores, layer 4, text rows, token 187 pinned',
    })
  })

  it('shows the id of a method that it does not have', () => {
    expect(describeShareState({ ...SHARE_DEFAULTS, method: 'new' }, []).at(2)?.value).toBe('new, defaults')
  })
})
