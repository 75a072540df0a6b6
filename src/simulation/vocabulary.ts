import { COLOUR_NAMES, SHAPE_NAMES } from './shapes.ts'

/** Every word that an instruction may hold; a word's id is its index. Id 0 pads. */
export const VOCABULARY = ['<pad>', 'put', 'the', 'in', 'tray', ...COLOUR_NAMES, ...SHAPE_NAMES] as const

/** Words in one encoded instruction. */
export const INSTRUCTION_WORDS = 7

const WORD_IDS = new Map<string, number>(VOCABULARY.map((word, id) => [word, id]))

/**
 * Word ids of an instruction, padded with 0 to {@link INSTRUCTION_WORDS}. Case and surplus spaces do not matter.
 * @throws Error when a word is unknown (the message lists the vocabulary) or the text is empty or too long.
 */
export function encodeInstruction(text: string): Int32Array {
  const words = text.toLowerCase().split(/\s+/).filter(Boolean)
  if (words.length === 0 || words.length > INSTRUCTION_WORDS) {
    throw new Error(`An instruction has 1 to ${INSTRUCTION_WORDS} words; "${text}" has ${words.length}.`)
  }
  const ids = new Int32Array(INSTRUCTION_WORDS)
  words.forEach((word, index) => {
    const id = WORD_IDS.get(word)
    if (id === undefined || id === 0) {
      throw new Error(`Unknown word "${word}". Known words: ${VOCABULARY.slice(1).join(', ')}.`)
    }
    ids[index] = id
  })
  return ids
}
