import { readInstruction } from '../core/tokens/instruction.ts'
import type { Language } from '../core/tokens/instruction.ts'
import { COLOUR_NAMES, SHAPE_NAMES } from './shapes.ts'

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
export function encodeInstruction(text: string, language: Language = FULL_LANGUAGE): Int32Array {
  const reading = readInstruction(text, language)
  if (reading.status === 'wrong') throw new Error(reading.message)
  const ids = new Int32Array(language.slots)
  ids.set(reading.ids)
  return ids
}
