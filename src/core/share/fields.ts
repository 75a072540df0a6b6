import { ENGINE_CHOICES } from '../policy/engine.ts'
import type { ScoreRows } from '../pruning/contract.ts'
import { isForcedText } from '../pruning/forcedText.ts'
import { HASH_DIGITS, isInstructionText, OVERLAY_MODES, PAGE_PARTS, SHARE_DEFAULTS } from './state.ts'
import type { PinnedReference, ShareState } from './state.ts'

/** One property of the state as a link writes it. */
export interface ShareField<T> {
  /** The key in the link. */
  key: string
  /** Name for people, in the middle of a sentence. */
  title: string
  /** What is accepted, for notes and the documentation. */
  range: string
  default: T
  /** Version of the format that brought the key; in older links it is an unknown one. Default 1. */
  since?: number
  /** Version that this value needs, where it is a later one than the key's. */
  sinceOf?(value: NonNullable<T>): number
  /** The value, or undefined if the text is not one. */
  parse(text: string): T | undefined
  /** Text that `parse` reads back to the same value. */
  format(value: NonNullable<T>): string
}

/** Properties that are one key each; parameters and unknown keys are the rest. */
export type PlainState = Required<Omit<ShareState, 'parameters' | 'compare' | 'unknown'>>

/** Parameters of the method stand under this prefix: `p.localK=24`. */
export const PARAMETER_PREFIX = 'p.'

export const VERSION_KEY = 'v'

/** The settings that are compared, since version 2; each is a text of `compare.ts`. */
export const COMPARE_KEY = 'cmp'
export const COMPARE_SINCE = 2

const ID_PATTERN = /^[A-Za-z0-9][A-Za-z0-9._/:-]{0,99}$/
const HASH_PATTERN = new RegExp(`^[0-9a-f]{${HASH_DIGITS}}$`)
const MAX_INDEX = 999_999
const MAX_SEED = 2 ** 32 - 1

/** Both directions of a link: add a row here and it is read, written, documented and tested. */
export const SHARE_FIELDS: { readonly [K in keyof PlainState]: ShareField<ShareState[K]> } = {
  dataset: reference('d', 'dataset'),
  model: reference('m', 'model'),
  episode: wholeNumber('e', 'episode', 0, MAX_INDEX, SHARE_DEFAULTS.episode),
  frame: wholeNumber('f', 'frame', 0, MAX_INDEX, SHARE_DEFAULTS.frame),
  method: name('p', 'method', SHARE_DEFAULTS.method),
  preset: name('ps', 'preset', undefined),
  executeSteps: wholeNumber('n', 'executed steps', 1, 64, SHARE_DEFAULTS.executeSteps),
  seed: wholeNumber('s', 'seed', 0, MAX_SEED, SHARE_DEFAULTS.seed),
  engine: { ...word('engine', 'engine', ENGINE_CHOICES, undefined), since: 2 },
  overlay: word('o', 'overlay', OVERLAY_MODES, SHARE_DEFAULTS.overlay),
  layer: wholeNumber('l', 'layer', 0, 999, undefined),
  scoreRows: word('r', 'score rows', ['text', 'action'] satisfies ScoreRows[], SHARE_DEFAULTS.scoreRows),
  pinnedToken: wholeNumber('t', 'pinned token', 0, MAX_INDEX, undefined),
  tab: name('tab', 'tab', SHARE_DEFAULTS.tab),
  outlineTruth: flag('g', 'outline of the ground truth'),
  forced: {
    key: 'b',
    title: 'brush',
    range: 'runs of N, K, D and G with lengths',
    default: undefined,
    since: 2,
    sinceOf: (value) => (value.includes('G') ? 3 : 2),
    parse: (text) => (isForcedText(text) ? text : undefined),
    format: (value) => value,
  },
  instruction: {
    key: 'i',
    title: 'instruction',
    range: 'words of small letters, digits, - and apostrophes, separated by single spaces, at most 120 characters',
    default: undefined,
    since: 3,
    parse: (text) => (isInstructionText(text) ? text : undefined),
    format: (value) => value,
  },
  loop: {
    key: 'loop',
    title: 'loop',
    range: 'two frames, the first less than the last, as in 12-40',
    default: undefined,
    since: 3,
    parse(text) {
      const match = /^(\d{1,6})-(\d{1,6})$/.exec(text)
      const [from, to] = match ? [Number(match[1]), Number(match[2])] : [0, 0]
      return from < to ? { from, to } : undefined
    },
    format: ({ from, to }) => `${from}-${to}`,
  },
  hidden: {
    key: 'hide',
    title: 'list of hidden parts',
    range: `some of ${PAGE_PARTS.join(', ')}, separated by commas`,
    default: undefined,
    since: 2,
    parse(text) {
      const parts = text.split(',')
      const known = PAGE_PARTS.filter((part) => parts.includes(part))
      return known.length === parts.length ? known : undefined
    },
    format: (value) => value.join(','),
  },
  embed: flag('embed', 'embedding'),
}

/** The properties of {@link SHARE_FIELDS}, typed. */
export const PLAIN_PROPERTIES = Object.keys(SHARE_FIELDS) as (keyof PlainState)[]

function wholeNumber<D extends number | undefined>(
  key: string,
  title: string,
  min: number,
  max: number,
  fallback: D,
): ShareField<number | D> {
  return {
    key,
    title,
    range: `a whole number from ${min} to ${max}`,
    default: fallback,
    parse(text) {
      // Digits only: Number() would also take "", "1e3" and "0x10".
      const value = /^\d{1,10}$/.test(text) ? Number(text) : Number.NaN
      return value >= min && value <= max ? value : undefined
    },
    format: String,
  }
}

function flag(key: string, title: string): ShareField<true | undefined> {
  return {
    key,
    title,
    range: '1',
    default: undefined,
    since: 2,
    parse: (text) => (text === '1' ? true : undefined),
    format: () => '1',
  }
}

function word<const T extends string, D extends T | undefined>(
  key: string,
  title: string,
  words: readonly T[],
  fallback: D,
): ShareField<T | D> {
  return {
    key,
    title,
    range: `one of ${words.join(', ')}`,
    default: fallback,
    parse: (text) => words.find((candidate) => candidate === text),
    format: (value) => value,
  }
}

function name<D extends string | undefined>(key: string, title: string, fallback: D): ShareField<string | D> {
  return {
    key,
    title,
    range: 'a name of letters, digits and . _ / : -, at most 100 characters',
    default: fallback,
    parse: (text) => (ID_PATTERN.test(text) ? text : undefined),
    format: (value) => value,
  }
}

function reference(key: string, title: string): ShareField<PinnedReference | undefined> {
  return {
    key,
    title,
    range: `a name, or name@hash with ${HASH_DIGITS} hex digits`,
    default: undefined,
    parse(text) {
      const [id, hash, ...rest] = text.split('@')
      if (!ID_PATTERN.test(id) || rest.length > 0) return undefined
      if (hash === undefined) return { id }
      return HASH_PATTERN.test(hash) ? { id, hash } : undefined
    },
    format: ({ id, hash }) => (hash === undefined ? id : `${id}@${hash}`),
  }
}
