import { toTokenSet, type TokenSet } from './sets.ts'

/** What a brush has painted, its counterfactual. The sets share no token. */
export interface ForcedTokens {
  /** Tokens that stay whatever a method decides. */
  keep: TokenSet
  /** Tokens that go. */
  drop: TokenSet
  /** Tokens whose pixels become grey before the policy sees them; the method decides about them as about all. Absent: none. */
  grey?: TokenSet
}

const PATTERN = /^(?:[NKDG][0-9a-z]{0,3}){1,4096}$/

const NO_TOKENS: TokenSet = new Int32Array(0)

/** Longest sequence that a text may stand for: far above any model of this project. */
const MAX_TOKENS = 65_536

/** Whether a text is one that {@link parseForced} reads. */
export function isForcedText(text: string): boolean {
  return PATTERN.test(text) && runsOf(text).reduce((sum, { length }) => sum + length, 0) <= MAX_TOKENS
}

/**
 * Forced tokens as runs in the order of the token ids: N (not forced), K (keep), D (drop) or G (grey), each with its length
 * in base 36, left out where it is 1. The untouched end is left out: `NcK2Nd` would be written `NcK2`.
 * @returns the empty text if nothing is forced
 */
export function formatForced({ keep, drop, grey = NO_TOKENS }: ForcedTokens): string {
  const size = Math.max(keep.at(-1) ?? -1, drop.at(-1) ?? -1, grey.at(-1) ?? -1) + 1
  const letters = new Array<string>(size).fill('N')
  for (const id of keep) letters[id] = 'K'
  for (const id of drop) letters[id] = 'D'
  for (const id of grey) letters[id] = 'G'
  let text = ''
  for (let id = 0; id < size;) {
    let end = id + 1
    while (end < size && letters[end] === letters[id]) end++
    text += letters[id] + (end - id === 1 ? '' : (end - id).toString(36))
    id = end
  }
  return text
}

/** The tokens of a text of {@link formatForced}. @throws if it is not one. */
export function parseForced(text: string): ForcedTokens {
  const keep: number[] = []
  const drop: number[] = []
  const grey: number[] = []
  if (text !== '' && !isForcedText(text)) throw new Error(`"${text.slice(0, 40)}" does not name forced tokens.`)
  let id = 0
  for (const { letter, length } of runsOf(text)) {
    for (let end = id + length; id < end; id++) {
      if (letter === 'K') keep.push(id)
      else if (letter === 'D') drop.push(id)
      else if (letter === 'G') grey.push(id)
    }
  }
  return {
    keep: Int32Array.from(keep),
    drop: Int32Array.from(drop),
    ...(grey.length > 0 && { grey: Int32Array.from(grey) }),
  }
}

function runsOf(text: string): { letter: string; length: number }[] {
  return [...text.matchAll(/([NKDG])([0-9a-z]*)/g)].map(([, letter, length]) => ({
    letter,
    length: length === '' ? 1 : Number.parseInt(length, 36),
  }))
}

/** What a brush does to a token: force it to stay, force it out, grey its pixels, or leave it to the method again. */
export type BrushTool = 'keep' | 'drop' | 'grey' | 'erase'

/** The forced tokens after some were brushed over. */
export function brushForced(before: ForcedTokens, ids: readonly number[], tool: BrushTool): ForcedTokens {
  const touched = new Set(ids)
  const after = (name: keyof ForcedTokens) => {
    const rest = [...(before[name] ?? NO_TOKENS)].filter((id) => !touched.has(id))
    return toTokenSet(tool === name ? [...rest, ...ids] : rest)
  }
  const grey = after('grey')
  return { keep: after('keep'), drop: after('drop'), ...(grey.length > 0 && { grey }) }
}
