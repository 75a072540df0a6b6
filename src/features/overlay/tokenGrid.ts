import type { VisualSegment } from '../../core/tokens/layout.ts'

const MOVES: Readonly<Record<string, readonly [row: number, column: number]>> = {
  ArrowUp: [-1, 0],
  ArrowDown: [1, 0],
  ArrowLeft: [0, -1],
  ArrowRight: [0, 1],
  PageUp: [-4, 0],
  PageDown: [4, 0],
}

/** Where a key moves the cursor in a view's grid; undefined if the key means nothing here. */
export function moveCursor(segment: VisualSegment, id: number | undefined, key: string): number | undefined {
  const { start, rows, columns } = segment
  const middle = start + Math.floor(rows / 2) * columns + Math.floor(columns / 2)
  const here = id !== undefined && id >= start && id < start + rows * columns ? id - start : undefined
  if (key === 'Home' && here !== undefined) return start + here - (here % columns)
  if (key === 'End' && here !== undefined) return start + here - (here % columns) + columns - 1
  const move = MOVES[key] as (typeof MOVES)[string] | undefined
  if (!move) return undefined
  if (here === undefined) return middle
  const row = Math.max(0, Math.min(rows - 1, Math.floor(here / columns) + move[0]))
  const column = Math.max(0, Math.min(columns - 1, (here % columns) + move[1]))
  return start + row * columns + column
}

/** Token ids of a square of `size` x `size` tokens around one, as far as it lies in the view. */
export function tokensAround({ start, rows, columns }: VisualSegment, id: number, size: number): number[] {
  const reach = (size - 1) / 2
  const [row, column] = [Math.floor((id - start) / columns), (id - start) % columns]
  const ids: number[] = []
  for (let r = Math.max(0, row - reach); r <= Math.min(rows - 1, row + reach); r++) {
    for (let c = Math.max(0, column - reach); c <= Math.min(columns - 1, column + reach); c++) {
      ids.push(start + r * columns + c)
    }
  }
  return ids
}

/** Token id under a point of a view, or undefined outside. `x` and `y` are shares of its width and height. */
export function tokenAtPoint(segment: VisualSegment, x: number, y: number): number | undefined {
  const column = Math.floor(x * segment.columns)
  const row = Math.floor(y * segment.rows)
  if (column < 0 || row < 0 || column >= segment.columns || row >= segment.rows) return undefined
  return segment.start + row * segment.columns + column
}
