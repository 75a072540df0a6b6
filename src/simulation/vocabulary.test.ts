import { describe, expect, it } from 'vitest'
import { encodeInstruction, INSTRUCTION_WORDS, VOCABULARY } from './vocabulary.ts'

describe('encodeInstruction', () => {
  it('maps words to their indices', () => {
    const ids = encodeInstruction('put the red cube in the tray')
    expect(Array.from(ids, (id) => VOCABULARY[id])).toEqual(['put', 'the', 'red', 'cube', 'in', 'the', 'tray'])
  })

  it('ignores case and surplus spaces, and pads with 0', () => {
    expect(Array.from(encodeInstruction('  Put  THE tray '))).toEqual([1, 2, 4, 0, 0, 0, 0])
  })

  it('names the unknown word and lists the vocabulary', () => {
    expect(() => encodeInstruction('put the pink cube in the tray')).toThrow(/"pink".*red.*cylinder/)
    expect(() => encodeInstruction('<pad>')).toThrow(/Unknown word/)
  })

  it('refuses empty and overlong instructions', () => {
    expect(() => encodeInstruction('  ')).toThrow(/has 0/)
    expect(() => encodeInstruction('put the red cube in the tray tray')).toThrow(`1 to ${INSTRUCTION_WORDS} words`)
  })

  it('has no word twice', () => {
    expect(new Set(VOCABULARY).size).toBe(VOCABULARY.length)
  })
})
