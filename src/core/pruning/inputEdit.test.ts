import { describe, expect, it } from 'vitest'
import { brushForced, formatForced, parseForced } from './forcedText.ts'
import { inputEditKey } from './inputEdit.ts'

describe('inputEditKey', () => {
  it('is empty where the policy sees what was recorded, whatever is kept or dropped', () => {
    expect(inputEditKey({})).toBe('')
    expect(inputEditKey({ forced: 'NK2D3', instruction: '' })).toBe('')
  })

  it('tells edits of the input apart, and nothing else', () => {
    expect(inputEditKey({ forced: 'NKG2' })).toBe(inputEditKey({ forced: 'DNG2' }))
    const keys = [
      {},
      { forced: 'NG' },
      { forced: 'G' },
      { instruction: 'push it' },
      { forced: 'G', instruction: 'push it' },
    ]
    expect(new Set(keys.map(inputEditKey)).size).toBe(keys.length)
  })
})

describe('the grey brush', () => {
  it('writes runs of G and reads them back', () => {
    const forced = { keep: Int32Array.of(1), drop: Int32Array.of(4), grey: Int32Array.of(2, 3) }
    expect(formatForced(forced)).toBe('NKG2D')
    expect(parseForced('NKG2D')).toEqual(forced)
  })

  it('takes tokens from the other sets, and the eraser takes them back', () => {
    const painted = brushForced(parseForced('K2D'), [1, 2], 'grey')
    expect(formatForced(painted)).toBe('KG2')
    expect(formatForced(brushForced(painted, [1, 2], 'erase'))).toBe('K')
    expect(formatForced(brushForced(painted, [2], 'drop'))).toBe('KGD')
  })
})
