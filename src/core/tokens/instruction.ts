import type { Manifest } from '../schema/manifest.ts'
import { fixedSegment } from './layout.ts'

/** What a policy can read: how many words an instruction may have, and which. */
export interface Language {
  /** Words in one encoded instruction; shorter ones are padded. */
  slots: number
  /** A word's id is its index. Id 0 pads and is no word. */
  vocabulary: readonly string[]
}

/** An instruction that a policy can read, or what is wrong with it, for people. */
export type InstructionReading =
  | {
      status: 'ok'
      /** Small letters, single spaces. */
      instruction: string
      /** One per word, not padded. */
      ids: number[]
    }
  | { status: 'wrong'; message: string }

/** What a published policy can read. */
export function languageOf({ input, layout }: Pick<Manifest, 'input' | 'layout'>): Language {
  return { slots: fixedSegment(layout, 'text').count, vocabulary: input.vocabulary }
}

/** Reads an instruction as a policy does: case and surplus spaces do not matter. */
export function readInstruction(text: string, { slots, vocabulary }: Language): InstructionReading {
  const words = splitWords(text)
  if (words.length === 0 || words.length > slots) {
    const count = words.length === 0 ? 'none is written' : `these are ${words.length}`
    return { status: 'wrong', message: `The policy reads 1 to ${slots} words; ${count}.` }
  }
  const ids = words.map((word) => vocabulary.indexOf(word))
  const unknown = [...new Set(words.filter((_, i) => ids[i] < 1))]
  if (unknown.length > 0) {
    const names = unknown.map((word) => `“${word}”`).join(', ')
    const known = vocabulary.slice(1).join(', ')
    return { status: 'wrong', message: `The policy does not know ${names}. It knows: ${known}.` }
  }
  return { status: 'ok', instruction: words.join(' '), ids }
}

/** The words of an instruction in lower case. */
export function splitWords(text: string): string[] {
  return text.toLowerCase().split(/\s+/).filter(Boolean)
}
