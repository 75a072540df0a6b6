import type { ForcedTokens } from '../../core/pruning/forcedText.ts'
import { colorAt } from './colormaps.ts'
import type { Outline, OverlaySet, PaintPlan } from './plan.ts'

/** Colours as the theme resolves them. */
export interface Palette {
  /** Colour of a set's CSS variable. */
  set(variable: string): string
}

/** Reads the theme's colours once; make a new one when the theme changes. */
export function readPalette(root: Element): Palette {
  const style = getComputedStyle(root)
  const known = new Map<string, string>()
  return {
    set(variable) {
      const ready = known.get(variable)
      if (ready) return ready
      const color = style.getPropertyValue(variable).trim() || '#888888'
      known.set(variable, color)
      return color
    },
  }
}

export interface ViewPaint {
  /** The camera image at its own size, or undefined before the first frame. */
  image: CanvasImageSource | undefined
  /** Undefined: the bare image. */
  plan: PaintPlan | undefined
  palette: Palette
  /** First token id of the view. */
  start: number
  rows: number
  columns: number
  hovered: number | undefined
  pinned: number | undefined
  /** Token under the keyboard cursor. */
  cursor: number | undefined
  /** Tokens that a brush keeps (+), drops (×) or greys. */
  forced?: ForcedTokens
  /** Draw the overlay weakly: it answers older settings. */
  stale: boolean
}

/** How dark a dropped token's square is; it stays recognisable underneath. */
const DROPPED_SHADE = 'rgb(8 10 14 / 66%)'
const DROPPED_LATER_SHADE = 'rgb(8 10 14 / 48%)'

/** Paints one camera: image, overlay, marks. The canvas is `columns` x `rows` squares of whole device pixels. */
export function paintView(context: CanvasRenderingContext2D, view: ViewPaint): void {
  const { width, height } = context.canvas
  context.imageSmoothingEnabled = false
  if (view.image) context.drawImage(view.image, 0, 0, width, height)
  else {
    context.fillStyle = '#0c0f13'
    context.fillRect(0, 0, width, height)
  }
  const cell = { width: width / view.columns, height: height / view.rows }
  if (view.forced?.grey) paintGrey(context, view, view.forced.grey, cell)
  if (view.plan) {
    context.globalAlpha = view.stale ? 0.45 : 1
    for (let offset = 0; offset < view.rows * view.columns; offset++) {
      const x = (offset % view.columns) * cell.width
      const y = Math.floor(offset / view.columns) * cell.height
      paintToken(context, view.plan, view.start + offset, view.palette, { x, y, ...cell })
    }
    context.globalAlpha = 1
  }
  if (view.plan?.outline) paintOutline(context, view, view.plan.outline, cell)
  if (view.forced) paintForced(context, view, view.forced, cell)
  paintMark(context, view, view.pinned, cell, '#ffffff', 3)
  paintMark(context, view, view.cursor, cell, '#ffffff', 2)
  paintMark(context, view, view.hovered, cell, '#ffffff', 1.5)
}

interface Square {
  x: number
  y: number
  width: number
  height: number
}

function paintToken(
  context: CanvasRenderingContext2D,
  plan: PaintPlan,
  id: number,
  palette: Palette,
  square: Square,
): void {
  const state = plan.states[id]
  const heat = plan.heat?.[id]
  if (heat !== undefined && plan.colormap && !Number.isNaN(heat)) {
    context.save()
    context.globalAlpha *= 0.74
    context.fillStyle = colorAt(plan.colormap, heat)
    context.fillRect(square.x, square.y, square.width, square.height)
    context.restore()
    if (state !== 'kept') hatch(context, square, state === 'dropped-later')
    return
  }
  if (state !== 'kept') {
    context.fillStyle = state === 'dropped-later' ? DROPPED_LATER_SHADE : DROPPED_SHADE
    context.fillRect(square.x, square.y, square.width, square.height)
    hatch(context, square, state === 'dropped-later')
    if (state === 'dropped-later' && !plan.colormap) frame(context, square, [palette.set('--set-layer')], 0.1)
    return
  }
  const sets = plan.sets.filter((_, bit) => plan.masks[id] & (1 << bit))
  const colors = sets.map((set) => palette.set(set.color))
  if (colors.length > 0) frame(context, square, colors, 0.2)
  for (const set of sets) markSquare(context, square, set, palette)
}

/** A shape in the middle of a square: comparisons tell sets apart by it, not only by colour. */
function markSquare(context: CanvasRenderingContext2D, square: Square, set: OverlaySet, palette: Palette): void {
  if (!set.mark) return
  const radius = square.width * 0.2
  context.beginPath()
  context.arc(square.x + square.width / 2, square.y + square.height / 2, radius, 0, 2 * Math.PI)
  if (set.mark === 'dot') {
    context.fillStyle = palette.set(set.color)
    context.fill()
  } else {
    context.strokeStyle = palette.set(set.color)
    context.lineWidth = Math.max(1.5, square.width / 9)
    context.stroke()
  }
}

/** Borders of regions: an edge is drawn where a token belongs to one and its neighbour does not. */
function paintOutline(
  context: CanvasRenderingContext2D,
  { start, rows, columns, palette }: ViewPaint,
  { masks, regions }: Outline,
  cell: { width: number; height: number },
): void {
  const inside = (row: number, column: number, bit: number) =>
    row >= 0 && column >= 0 && row < rows && column < columns
      ? (masks[start + row * columns + column] & (1 << bit)) !== 0
      : false
  const line = Math.max(2, cell.width / 7)
  regions.forEach(({ color }, bit) => {
    context.beginPath()
    for (let row = 0; row < rows; row++) {
      for (let column = 0; column < columns; column++) {
        if (!inside(row, column, bit)) continue
        const [left, top] = [column * cell.width, row * cell.height]
        const [right, bottom] = [left + cell.width, top + cell.height]
        if (!inside(row - 1, column, bit)) edge(context, left, top, right, top)
        if (!inside(row + 1, column, bit)) edge(context, left, bottom, right, bottom)
        if (!inside(row, column - 1, bit)) edge(context, left, top, left, bottom)
        if (!inside(row, column + 1, bit)) edge(context, right, top, right, bottom)
      }
    }
    // White under the colour, so that it shows on dark squares and on bright ones.
    context.lineCap = 'square'
    context.lineWidth = line + 2
    context.strokeStyle = 'rgb(255 255 255 / 85%)'
    context.stroke()
    context.lineWidth = line
    context.strokeStyle = palette.set(color)
    context.stroke()
  })
}

function edge(context: CanvasRenderingContext2D, x0: number, y0: number, x1: number, y1: number): void {
  context.moveTo(x0, y0)
  context.lineTo(x1, y1)
}

/** Stripes for what is gone, so that colour is not needed: one direction for the first level, crossed for later ones. */
function hatch(context: CanvasRenderingContext2D, { x, y, width, height }: Square, crossed: boolean): void {
  context.strokeStyle = 'rgb(255 255 255 / 30%)'
  context.lineWidth = Math.max(1, width / 22)
  context.beginPath()
  context.moveTo(x, y + height)
  context.lineTo(x + width, y)
  if (crossed) {
    context.moveTo(x, y)
    context.lineTo(x + width, y + height)
  }
  context.stroke()
}

/** A frame and a light wash; a token of several sets is split into upright bands, one for each. */
function frame(context: CanvasRenderingContext2D, square: Square, colors: readonly string[], wash: number): void {
  const line = Math.max(1.5, square.width / 9)
  const band = square.width / colors.length
  colors.forEach((color, i) => {
    const x = square.x + i * band
    context.fillStyle = color
    context.fillRect(x, square.y, band, line)
    context.fillRect(x, square.y + square.height - line, band, line)
    if (i === 0) context.fillRect(x, square.y, line, square.height)
    if (i === colors.length - 1) context.fillRect(x + band - line, square.y, line, square.height)
    context.save()
    context.globalAlpha *= wash
    context.fillRect(x, square.y, band, square.height)
    context.restore()
  })
}

/** What the policy is shown in place of the image. */
function paintGrey(
  context: CanvasRenderingContext2D,
  { start, rows, columns }: ViewPaint,
  grey: ArrayLike<number>,
  cell: { width: number; height: number },
): void {
  context.fillStyle = 'rgb(128 128 128)'
  for (const id of Array.from(grey)) {
    const offset = id - start
    if (offset < 0 || offset >= rows * columns) continue
    context.fillRect(
      (offset % columns) * cell.width,
      Math.floor(offset / columns) * cell.height,
      cell.width,
      cell.height,
    )
  }
}

/** A plus for what must stay and a cross for what must go, white on black so that they show on every square. */
function paintForced(
  context: CanvasRenderingContext2D,
  view: ViewPaint,
  { keep, drop }: ForcedTokens,
  cell: { width: number; height: number },
): void {
  context.beginPath()
  const arm = cell.width * 0.24
  const centre = (id: number) => {
    const offset = id - view.start
    const visible = offset >= 0 && offset < view.rows * view.columns
    const x = ((offset % view.columns) + 0.5) * cell.width
    return visible ? { x, y: (Math.floor(offset / view.columns) + 0.5) * cell.height } : undefined
  }
  for (const id of keep) {
    const at = centre(id)
    if (!at) continue
    edge(context, at.x - arm, at.y, at.x + arm, at.y)
    edge(context, at.x, at.y - arm, at.x, at.y + arm)
  }
  for (const id of drop) {
    const at = centre(id)
    if (!at) continue
    edge(context, at.x - arm, at.y - arm, at.x + arm, at.y + arm)
    edge(context, at.x - arm, at.y + arm, at.x + arm, at.y - arm)
  }
  const line = Math.max(2, cell.width / 10)
  context.lineCap = 'round'
  context.lineWidth = line + 3
  context.strokeStyle = '#000000'
  context.stroke()
  context.lineWidth = line
  context.strokeStyle = '#ffffff'
  context.stroke()
}

function paintMark(
  context: CanvasRenderingContext2D,
  view: ViewPaint,
  id: number | undefined,
  cell: { width: number; height: number },
  color: string,
  weight: number,
): void {
  const offset = id === undefined ? -1 : id - view.start
  if (offset < 0 || offset >= view.rows * view.columns) return
  const x = (offset % view.columns) * cell.width
  const y = Math.floor(offset / view.columns) * cell.height
  const line = weight * Math.max(1, cell.width / 20)
  // Black under white: visible on any image.
  context.lineWidth = line + 2
  context.strokeStyle = '#000000'
  context.strokeRect(x, y, cell.width, cell.height)
  context.lineWidth = line
  context.strokeStyle = color
  context.strokeRect(x, y, cell.width, cell.height)
}
