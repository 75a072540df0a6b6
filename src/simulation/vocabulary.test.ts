import { describe, expect, it } from 'vitest'
import { encodeInstruction, FULL_LANGUAGE, OBJECT_LANGUAGE, VOCABULARY } from './vocabulary.ts'

describe('encodeInstruction', () => {
  it('maps words to their indices', () => {
    const ids = encodeInstruction('put the red cube in the tray', OBJECT_LANGUAGE)
    expect(Array.from(ids, (id) => VOCABULARY[id])).toEqual(['put', 'the', 'red', 'cube', 'in', 'the', 'tray'])
  })

  it('ignores case and surplus spaces, and pads with 0', () => {
    expect(Array.from(encodeInstruction('  Put  THE tray ', OBJECT_LANGUAGE))).toEqual([1, 2, 4, 0, 0, 0, 0])
  })

  it('names the unknown word and lists the vocabulary', () => {
    expect(() => encodeInstruction('put the pink cube in the tray')).toThrow(/“pink”.*red.*cylinder/)
    expect(() => encodeInstruction('<pad>')).toThrow(/does not know “<pad>”/)
  })

  it('refuses empty and overlong instructions', () => {
    expect(() => encodeInstruction('  ')).toThrow(/none is written/)
    expect(() => encodeInstruction('put the red cube in the tray tray', OBJECT_LANGUAGE)).toThrow('1 to 7 words')
  })

  it('has no word twice', () => {
    expect(new Set(VOCABULARY).size).toBe(VOCABULARY.length)
  })

  it('keeps the ids of the words that the first models were trained with', () => {
    expect(VOCABULARY.slice(0, OBJECT_LANGUAGE.vocabulary.length)).toEqual(OBJECT_LANGUAGE.vocabulary)
    expect(VOCABULARY.indexOf('brick')).toBe(13)
    expect(VOCABULARY.indexOf('first')).toBe(VOCABULARY.length - 1)
    expect(encodeInstruction('stack the red cube on the blue brick')).toHaveLength(FULL_LANGUAGE.slots)
  })

  it('says that a word is unknown to the language, not to the program', () => {
    expect(() => encodeInstruction('push the red cube', OBJECT_LANGUAGE)).toThrow(/does not know “push”/)
  })
})
