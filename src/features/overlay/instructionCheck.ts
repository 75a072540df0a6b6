/** What a model reads. */
export interface ModelWords {
  /** Words by their ids; the first one pads and is no word. */
  vocabulary: readonly string[]
  maxWords: number
}

export type InstructionCheck = { status: 'ok'; instruction: string } | { status: 'wrong'; message: string }

/** An instruction as the policy takes it: small letters, single spaces; or what is wrong with it, for people. */
export function checkInstruction(text: string, { vocabulary, maxWords }: ModelWords): InstructionCheck {
  const words = text.toLowerCase().split(/\s+/).filter(Boolean)
  const known = vocabulary.slice(1)
  const unknown = [...new Set(words.filter((word) => !known.includes(word)))]
  if (unknown.length > 0) {
    const names = unknown.map((word) => `“${word}”`).join(', ')
    return { status: 'wrong', message: `The policy does not know ${names}. It knows: ${known.join(', ')}.` }
  }
  if (words.length === 0 || words.length > maxWords) {
    const count = words.length === 0 ? 'none is written' : `these are ${words.length}`
    return { status: 'wrong', message: `The policy reads 1 to ${maxWords} words; ${count}.` }
  }
  return { status: 'ok', instruction: words.join(' ') }
}
