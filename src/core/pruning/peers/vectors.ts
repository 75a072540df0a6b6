import { fixedSegment, visualTokenCount, type TokenLayout } from '../../tokens/layout.ts'
import type { LayerSignals } from '../contract.ts'
import { required } from './removeByChoice.ts'

/** Rows of equal width, one behind another, with their squared lengths. */
export interface RowMatrix {
  values: Float32Array | Float64Array
  width: number
  count: number
  squares: Float64Array
}

/** Rows that lie in `values` one behind another; nothing is copied. */
export function rowMatrix(values: Float32Array | Float64Array, width: number): RowMatrix {
  const count = values.length / width
  const rows: RowMatrix = { values, width, count, squares: new Float64Array(count) }
  for (let i = 0; i < count; i++) rows.squares[i] = dot(rows, i, rows, i)
  return rows
}

/** Hidden states of the surviving visual tokens: row i is that of `signals.ids[i]`. @throws if they did not arrive */
export function visualRows({ ids, hidden }: LayerSignals): RowMatrix {
  const { values, width } = required(hidden, 'hidden states')
  return rowMatrix(values.subarray(0, ids.length * width), width)
}

/** Hidden states of the instruction's words. @throws if they did not arrive */
export function textRows({ ids, hidden }: LayerSignals, layout: TokenLayout): RowMatrix {
  const { values, width } = required(hidden, 'hidden states')
  const { start, count } = fixedSegment(layout, 'text')
  const from = ids.length + start - visualTokenCount(layout)
  return rowMatrix(values.subarray(from * width, (from + count) * width), width)
}

/** Some of the rows, copied. */
export function pickRows(rows: RowMatrix, positions: ArrayLike<number>): RowMatrix {
  const { width } = rows
  const values = new Float64Array(positions.length * width)
  for (let i = 0; i < positions.length; i++) {
    values.set(rows.values.subarray(positions[i] * width, (positions[i] + 1) * width), i * width)
  }
  return rowMatrix(values, width)
}

/** Dot product of row i of `a` and row j of `b`, in float64. */
export function dot(a: RowMatrix, i: number, b: RowMatrix, j: number): number {
  const { width } = a
  const from = i * width
  const other = j * width
  let sum = 0
  for (let k = 0; k < width; k++) sum += a.values[from + k] * b.values[other + k]
  return sum
}

/** Cosine of row i of `a` and row j of `b`; 0 if one of them is zero. */
export function cosine(a: RowMatrix, i: number, b: RowMatrix, j: number): number {
  const squares = a.squares[i] * b.squares[j]
  return squares === 0 ? 0 : dot(a, i, b, j) / Math.sqrt(squares)
}

/** Position of the greatest value, the first of several; 0 if all are NaN or there is none. */
export function argMax(values: ArrayLike<number>): number {
  let best = 0
  for (let i = 1; i < values.length; i++) if (values[i] > values[best]) best = i
  return best
}
