import { InvalidArgumentError } from 'commander'
import { type Method, findSelector, parseMethod, resolveParameters } from '../../src/core/pruning/registry.ts'
import { describeParameters, parseParameterText, type ParameterValue } from '../../src/core/pruning/parameters.ts'
import type { NodeBackend } from '../../src/runtime/node/nodePolicy.ts'
import { SUITE_IDS, type SuiteId, type Wording, WORDINGS } from '../../src/simulation/tasks.ts'
import { asUsage, UsageError } from './io.ts'

/** First and last seed, both included. */
export interface SeedRange {
  first: number
  last: number
}

/** More episodes than this in one call are taken for a slip of the keyboard. */
const MAX_SEEDS = 100_000

/** Reads `A..B` (both included) or a single seed. @throws UsageError */
export function parseSeeds(text: string): SeedRange {
  const match = /^(\d{1,9})(?:\.\.(\d{1,9}))?$/.exec(text)
  if (!match) throw new UsageError(`--seeds: expected A..B (both included) or one seed, got "${text}".`)
  const first = Number(match[1])
  const last = Number(match[2] ?? match[1])
  if (last < first) throw new UsageError(`--seeds: ${first}..${last} runs backwards; write ${last}..${first}.`)
  if (last - first >= MAX_SEEDS) throw new UsageError(`--seeds: ${first}..${last} are more than ${MAX_SEEDS} seeds.`)
  return { first, last }
}

/** The seeds of a range, ascending. */
export function seedList({ first, last }: SeedRange): number[] {
  return Array.from({ length: last - first + 1 }, (_, i) => first + i)
}

export { SUITE_IDS }

/** Reads a suite's name. @throws UsageError */
export function parseSuite(text: string): SuiteId {
  const found = SUITE_IDS.find((id) => id === text)
  if (found !== undefined) return found
  throw new UsageError(`--suite: unknown suite "${text}". Known suites: ${SUITE_IDS.join(', ')}.`)
}

/** Reads a suite's name, several separated by commas, or `all`. @throws UsageError */
export function parseSuites(text: string): SuiteId[] {
  return text === 'all' ? SUITE_IDS : [...new Set(text.split(',').map(parseSuite))]
}

/** Reads how tasks are said. @throws UsageError */
export function parseWording(text: string): Wording {
  const found = WORDINGS.find((wording) => wording === text)
  if (found !== undefined) return found
  throw new UsageError(`--wording: unknown wording "${text}". Known wordings: ${WORDINGS.join(', ')}.`)
}

/** A reader of whole numbers in a range, for an option. @throws UsageError */
export function wholeNumber(option: string, min: number, max: number): (text: string) => number {
  return (text) => {
    const value = Number(text)
    if (/^\d+$/.test(text) && value >= min && value <= max) return value
    throw new UsageError(`${option}: expected a whole number from ${min} to ${max}, got "${text}".`)
  }
}

/** What `--backend` takes. */
export const BACKEND_HELP = 'node (native code) or wasm (what a page without a GPU runs)'

/** Reads `--backend`. @throws InvalidArgumentError for another one */
export function parseBackend(text: string): NodeBackend {
  if (text === 'node' || text === 'wasm') return text
  throw new InvalidArgumentError('expected node or wasm.')
}

/** What `--method`, `--preset` and `--set` say. */
export interface MethodOptions {
  method: string
  preset?: string
  set: readonly string[]
}

/**
 * The method that the options name, completely checked. `--method` may carry a preset and values of its own
 * (`specprune:paper-v3:dropShare=0.2`); `--set` wins over those.
 * @throws UsageError
 */
export function resolveMethod({ method, preset, set }: Partial<MethodOptions>): Method {
  if (method === undefined || set === undefined) throw new UsageError('--method is needed, or --selector <file>.')
  const parsed = asUsage(() => parseMethod(method))
  if (preset !== undefined && parsed.preset !== undefined && parsed.preset !== preset) {
    throw new UsageError(`--preset ${preset}: --method already names the preset "${parsed.preset}".`)
  }
  const chosen = parsed.preset ?? preset
  const values: Record<string, ParameterValue> = { ...parsed.values }
  for (const entry of set) Object.assign(values, parseSetting(parsed.id, entry))
  const result: Method = { id: parsed.id, ...(chosen !== undefined && { preset: chosen }), values }
  asUsage(() => resolveParameters(findSelector(result.id), result.preset, result.values))
  return result
}

function parseSetting(id: string, entry: string): Record<string, ParameterValue> {
  const separator = entry.indexOf('=')
  if (separator < 1) throw new UsageError(`--set: expected key=value, got "${entry}".`)
  const name = entry.slice(0, separator)
  const all = describeParameters(findSelector(id).parameters)
  const description = all.find((candidate) => candidate.name === name)
  if (description === undefined) {
    const known = all.map((candidate) => candidate.name).join(', ') || 'none'
    throw new UsageError(`--set: ${id} has no parameter "${name}". Known parameters: ${known}.`)
  }
  return { [name]: asUsage(() => parseParameterText(description, entry.slice(separator + 1))) }
}

/** Mistakes of the demonstrator by seed. */
export type MistakeBySeed = ReadonlyMap<number, 'missed-grasp' | 'drop'>

/** Reads `seed:missed-grasp,seed:drop`. @throws UsageError */
export function parseMistakes(text: string): MistakeBySeed {
  const mistakes = new Map<number, 'missed-grasp' | 'drop'>()
  for (const part of text.split(',')) {
    const match = /^(\d+):(missed-grasp|drop)$/.exec(part)
    if (!match) throw new UsageError(`--mistake: expected seed:missed-grasp or seed:drop, got "${part}".`)
    mistakes.set(Number(match[1]), match[2] as 'missed-grasp' | 'drop')
  }
  return mistakes
}

/** Reads `3,17`: seeds separated by commas. @throws UsageError */
export function parseSeedNames(text: string): number[] {
  return text.split(',').map((part) => {
    if (!/^\d+$/.test(part)) throw new UsageError(`--policy: expected seeds separated by commas, got "${part}".`)
    return Number(part)
  })
}
