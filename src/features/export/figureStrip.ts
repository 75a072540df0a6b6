import type { DecodedQuery } from '../../core/tokens/decodedQuery.ts'
import type { VisualSegment } from '../../core/tokens/layout.ts'
import { tokenSetStyle } from '../../ui/tokenSets.ts'

/** One column of a strip: a query with the camera images that it saw. */
export interface StripColumn {
  query: DecodedQuery
  /** PNG of each view as a data address. */
  images: Readonly<Record<string, string>>
}

export interface StripOptions {
  title: string
  /** Method, model, device and the like, below the figure. */
  caption: string
  /** The view's link, kept inside the file. */
  fragment: string
  views: readonly VisualSegment[]
  /** Colour of a set's CSS variable. */
  colorOf(variable: string): string
}

/** A row of a strip: what is left at one level of the method. */
interface Level {
  title: string
  /** Undefined: the images as they are. */
  layer: number | undefined
}

const CELL = 104
const GAP = 6
const LABEL = 92
const HEAD = 46
const FOOT = 16

/**
 * A figure of frames by levels: the observation, then what each decision of the method left, with text as text and the
 * token grid as lines. Drawn for print: on white, hatched where tokens were dropped.
 * @param columns at least one
 */
export function figureStrip(columns: readonly StripColumn[], options: StripOptions): string {
  const levels = levelsOf(columns)
  const cellWidth = options.views.length * (CELL + 2) - 2
  const width = LABEL + columns.length * (cellWidth + GAP)
  const height = HEAD + levels.length * (CELL + FOOT + GAP) + 24
  const body = levels.flatMap((level, row) => {
    const y = HEAD + row * (CELL + FOOT + GAP)
    const label = text(0, y + CELL / 2, level.title, 'class="level"')
    return [label, ...columns.map((column, i) => cell(column, i, level, LABEL + i * (cellWidth + GAP), y, options))]
  })
  const heads = columns.map(({ query: { record } }, i) => {
    const mode = record.notes.mode ? `, ${record.notes.mode}` : ''
    return text(LABEL + i * (cellWidth + GAP), HEAD - 8, `frame ${record.step}${mode}`, 'class="head"')
  })
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" font-family="Helvetica, Arial, sans-serif" font-size="10">`,
    `<metadata><specprune-link>${escapeXml(options.fragment)}</specprune-link></metadata>`,
    '<style>.title{font-size:13px;font-weight:bold}.head{font-weight:bold}.level{font-weight:bold}.small{fill:#444}</style>',
    `<defs>${columns.map((column, i) => images(column, i, options.views)).join('')}</defs>`,
    '<defs><pattern id="hatch" width="6" height="6" patternUnits="userSpaceOnUse"><path d="M0 6 6 0" stroke="#fff" stroke-opacity=".55" stroke-width="1"/></pattern></defs>',
    `<rect width="${width}" height="${height}" fill="#fff"/>`,
    text(0, 14, options.title, 'class="title"'),
    ...heads,
    ...body,
    text(0, height - 6, options.caption, 'class="small"'),
    '</svg>',
    '',
  ].join('\n')
}

/** The link of a figure that was made here; undefined for any other file. */
export function readStripLink(svg: string): string | undefined {
  const found = /<specprune-link>([^<]*)<\/specprune-link>/.exec(svg)?.[1]
  return found?.replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&quot;', '"').replaceAll('&amp;', '&')
}

/** The observation and every layer at which one of the queries decides. */
function levelsOf(columns: readonly StripColumn[]): Level[] {
  const layers = columns.flatMap(({ query }) => query.decisions.map(({ layer }) => layer))
  const ascending = [...new Set(layers)].sort((a, b) => a - b)
  return [
    { title: 'observation', layer: undefined },
    ...ascending.map((layer) => ({ title: layer === 0 ? 'before layer 1' : `after layer ${layer}`, layer })),
  ]
}

/** Each image once, however many levels show it. */
function images(column: StripColumn, index: number, views: readonly VisualSegment[]): string {
  return views
    .map(
      ({ view }) =>
        `<image id="camera-${index}-${view}" href="${column.images[view] ?? ''}" width="${CELL}" height="${CELL}" style="image-rendering:pixelated"/>`,
    )
    .join('')
}

function cell(
  column: StripColumn,
  index: number,
  { layer }: Level,
  x: number,
  y: number,
  options: StripOptions,
): string {
  const decision = layer === undefined ? undefined : column.query.decisions.findLast((one) => one.layer <= layer)
  const parts = options.views.map((segment, i) => {
    const left = x + i * (CELL + 2)
    const image = `<use href="#camera-${index}-${segment.view}" x="${left}" y="${y}"/>`
    if (!decision) return image
    const first = column.query.decisions[0]
    return image + grid(segment, new Set(decision.keep), first.sets, left, y, options.colorOf)
  })
  const kept = decision?.keep.length ?? column.query.visualTokens
  return [...parts, text(x, y + CELL + 11, `${kept} of ${column.query.visualTokens} tokens`, 'class="small"')].join('')
}

/** What is gone as dark, hatched runs of squares; what stays as frames in its sets' colours. */
function grid(
  { start, rows, columns }: VisualSegment,
  kept: ReadonlySet<number>,
  sets: readonly { name: string; ids: Int32Array }[],
  left: number,
  top: number,
  colorOf: (variable: string) => string,
): string {
  const [w, h] = [CELL / columns, CELL / rows]
  const runs: string[] = []
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns;) {
      const from = column
      while (column < columns && !kept.has(start + row * columns + column)) column++
      if (column > from)
        runs.push(
          `M${n(left + from * w)} ${n(top + row * h)}h${n((column - from) * w)}v${n(h)}h-${n((column - from) * w)}z`,
        )
      else column++
    }
  }
  const dropped = runs.join('')
  const frames = sets.map(({ name, ids }) => {
    const squares = [...ids]
      .filter((id) => kept.has(id) && id >= start && id < start + rows * columns)
      .map(
        (id) =>
          `M${n(left + ((id - start) % columns) * w + 0.6)} ${n(top + Math.floor((id - start) / columns) * h + 0.6)}h${n(w - 1.2)}v${n(h - 1.2)}h-${n(w - 1.2)}z`,
      )
    return `<path d="${squares.join('')}" fill="none" stroke="${colorOf(tokenSetStyle(name).color)}" stroke-width="1.2"/>`
  })
  return `<path d="${dropped}" fill="#0a0c10" fill-opacity=".68"/><path d="${dropped}" fill="url(#hatch)"/>${frames.join('')}`
}

function text(x: number, y: number, content: string, attributes: string): string {
  return `<text x="${n(x)}" y="${n(y)}" ${attributes}>${escapeXml(content)}</text>`
}

function n(value: number): string {
  return String(Number(value.toFixed(2)))
}

function escapeXml(content: string): string {
  return content.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;')
}

/** Queries of a strip: the one on the screen and others spread over the episode, in order. */
export function stripSteps(steps: readonly number[], current: number, count: number): number[] {
  if (steps.length <= count) return [...steps]
  const spread = Array.from({ length: count }, (_, i) => steps[Math.round((i * (steps.length - 1)) / (count - 1))])
  if (spread.includes(current)) return spread
  const nearest = spread.reduce((best, step) => (Math.abs(step - current) < Math.abs(best - current) ? step : best))
  return spread.map((step) => (step === nearest ? current : step))
}
