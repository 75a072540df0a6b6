import { COLOUR_NAMES, SHAPE_NAMES } from './shapes.ts'

/** What a policy can read: how many words an instruction may have, and which. */
export interface Language {
  /** Words in one encoded instruction; shorter ones are padded. */
  slots: number
  /** A word's id is its index. Id 0 pads. */
  vocabulary: readonly string[]
}

const OBJECT_WORDS = ['<pad>', 'put', 'the', 'in', 'tray', ...COLOUR_NAMES, ...SHAPE_NAMES] as const

/**
 * Every word that an instruction may hold; a word's id is its index. Id 0 pads. The list may only grow at its end:
 * data sets and models keep the ids that they were made with.
 */
export const VOCABULARY = [
  ...OBJECT_WORDS,
  ...['place', 'move', 'into', 'on', 'onto', 'to', 'plate', 'pad', 'stack', 'push', 'slide', 'left', 'right', 'front'],
  ...['behind', 'of', 'nearest', 'farthest', 'from', 'that', 'is', 'then', 'and', 'first'],
] as const

/** The language of suite "object" in its one plain wording: seven words out of the oldest part of the vocabulary. */
export const OBJECT_LANGUAGE: Language = { slots: 7, vocabulary: OBJECT_WORDS }

/** The language of all suites and wordings. */
export const FULL_LANGUAGE: Language = { slots: 20, vocabulary: VOCABULARY }

/**
 * Word ids of an instruction, padded with 0. Case and surplus spaces do not matter.
 * @throws Error when a word is unknown (the message lists the vocabulary) or the text is empty or too long.
 */
export function encodeInstruction(text: string, { slots, vocabulary }: Language = FULL_LANGUAGE): Int32Array {
  const words = splitWords(text)
  if (words.length === 0 || words.length > slots) {
    throw new Error(`An instruction has 1 to ${slots} words; "${text}" has ${words.length}.`)
  }
  const ids = new Int32Array(slots)
  words.forEach((word, index) => {
    const id = vocabulary.indexOf(word)
    if (id < 1) throw new Error(`Unknown word "${word}". Known words: ${vocabulary.slice(1).join(', ')}.`)
    ids[index] = id
  })
  return ids
}

/** The words of an instruction in lower case. */
export function splitWords(text: string): string[] {
  return text.toLowerCase().split(/\s+/).filter(Boolean)
}
