import { parseParameterText } from '../pruning/parameters.ts'
import type { ParameterDescription } from '../pruning/parameters.ts'

/** A grid with more cells belongs on the command line. */
export const MAX_CELLS = 64

/** A parameter that can be swept. */
export type NumberDescription = Extract<ParameterDescription, { kind: 'number' }>

/** One axis of a grid. */
export interface SweepAxis {
  /** Name of the parameter. */
  name: string
  title: string
  values: readonly number[]
}

/**
 * Reads a short list of values: `0.2, 0.4`, or a range `0.2..0.8 by 0.2`, or both.
 * @throws with a sentence that names the parameter and what it accepts
 */
export function parseValues(description: NumberDescription, text: string): number[] {
  const values = text.split(',').flatMap((part) => parsePart(description, part.trim()))
  const twice = values.find((value, i) => values.indexOf(value) !== i)
  if (twice !== undefined) throw new Error(`${description.title}: ${twice} stands in the list twice.`)
  return values
}

function parsePart(description: NumberDescription, part: string): number[] {
  const range = /^(\S+?)\s*\.\.\s*(\S+)(?:\s+by\s+(\S+))?$/.exec(part)
  if (!range) return [readValue(description, part)]
  const [first, last] = [readValue(description, range[1]), readValue(description, range[2])]
  const by = range[3] === undefined ? description.step : Number(range[3])
  if (!(by > 0)) throw new Error(`${description.title}: a range goes up by a number above 0, not by "${range[3]}".`)
  if (last < first) throw new Error(`${description.title}: the range ${part} goes down; write the smaller value first.`)
  // A hair of tolerance: 0.2..0.8 by 0.2 ends at 0.8.
  const count = Math.floor((last - first) / by + 1e-9) + 1
  if (count > MAX_CELLS) {
    throw new Error(`${description.title}: ${part} has ${count} values; at most ${MAX_CELLS} cells fit here.`)
  }
  const texts = Array.from({ length: count }, (_, i) => String(Number((first + i * by).toPrecision(12))))
  return texts.map((value) => readValue(description, value))
}

function readValue(description: NumberDescription, text: string): number {
  try {
    return parseParameterText(description, text) as number
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error)
    throw new Error(`${description.title}: ${message.replace(`${description.name}: `, '')}`, { cause: error })
  }
}

/**
 * Values to begin with: the default, and half as much and half again, on the parameter's steps. Where the default lies at
 * the lower end: a quarter, a half and three quarters of the range.
 */
export function suggestValues({ min, max, step, default: base }: NumberDescription): string {
  const values = [0.5, 1, 1.5].map((factor) => {
    const distance = base > min ? factor * (base - min) : (factor / 2) * (max - min)
    const steps = Math.round(Math.min(distance, max - min) / step)
    return Number((min + steps * step).toPrecision(12))
  })
  return [...new Set(values)].join(', ')
}

/** Cells of a grid. */
export function countCells(axes: readonly SweepAxis[]): number {
  return axes.reduce((product, { values }) => product * values.length, 1)
}

/** The swept values of a cell. The last axis changes fastest. */
export function cellValues(axes: readonly SweepAxis[], index: number): Record<string, number> {
  let rest = index
  const values: [string, number][] = []
  for (const axis of axes.toReversed()) {
    values.unshift([axis.name, axis.values[rest % axis.values.length]])
    rest = Math.floor(rest / axis.values.length)
  }
  return Object.fromEntries(values)
}

/** The first cell that is missing, wherever the sweep stopped; undefined when all are there. */
export function nextCell(axes: readonly SweepAxis[], finished: readonly { index: number }[]): number | undefined {
  const known = new Set(finished.map(({ index }) => index))
  const next = Array.from({ length: countCells(axes) }, (_, i) => i).find((index) => !known.has(index))
  return next
}

/**
 * Time until the last cell, from those that are finished. Waiting for other work is not in it.
 * @param share of the cell under way that is done, 0 ... 1
 * @returns undefined before the first cell
 */
export function timeLeftMs(
  axes: readonly SweepAxis[],
  finished: readonly { elapsedMs: number }[],
  share = 0,
): number | undefined {
  if (finished.length === 0) return undefined
  const mean = finished.reduce((sum, { elapsedMs }) => sum + elapsedMs, 0) / finished.length
  return mean * Math.max(0, countCells(axes) - finished.length - share)
}
