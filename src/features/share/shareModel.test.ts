import { describe, expect, it } from 'vitest'
import { SHARE_DEFAULTS } from '../../core/share/state.ts'
import type { ShareState } from '../../core/share/state.ts'
import { testDefinition } from '../../core/share/testing/definition.ts'
import { buildShareUrl, describeShareState, selectShareParts } from './shareModel.ts'

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
