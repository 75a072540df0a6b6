import { VIEW_IDS } from '../../src/core/schema/observation.ts'
import { type AttentionValue, chanceOf, TOP_COUNTS } from './measures.ts'

const PANEL = { width: 300, height: 170, left: 46, top: 44, gapX: 60, gapY: 52 }

/** Line styles by number of tokens taken; told apart without colour too. */
const DASHES: Record<(typeof TOP_COUNTS)[number], string> = { 16: '2 3', 32: '6 3', 64: '' }

/**
 * Recall of the goal's referents by layer, a panel for each view and row set, as SVG.
 * @param values as {@link AttentionRecall} gives them
 */
export function recallFigure(values: readonly AttentionValue[], title: string, patchesPerView: number): string {
  const rows = ['text', 'action'] as const
  const width = PANEL.left + 2 * PANEL.width + PANEL.gapX + 24
  const height = PANEL.top + 2 * (PANEL.height + PANEL.gapY)
  const panels = rows.flatMap((row, r) =>
    VIEW_IDS.map((view, v) => {
      const x = PANEL.left + v * (PANEL.width + PANEL.gapX)
      const y = PANEL.top + 16 + r * (PANEL.height + PANEL.gapY)
      const own = values.filter(
        (each) => each.measure === 'recall' && each.thing === 'referents' && each.rows === row && each.view === view,
      )
      return `<g transform="translate(${x} ${y})">${panel(own, `${row} rows, ${view} view`, patchesPerView)}</g>`
    }),
  )
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" font-family="sans-serif" font-size="11" role="img">`,
    `<title>${escape(title)}</title><rect width="100%" height="100%" fill="#fff"/>`,
    `<text x="${PANEL.left}" y="14" font-size="13">${escape(title)}</text>`,
    `<text x="${PANEL.left}" y="30">Share of the tokens of target and destination among the best 16, 32, 64 of the view, by layer. Grey: chance.</text>`,
    ...panels,
    '</svg>\n',
  ].join('\n')
}

function panel(values: readonly AttentionValue[], name: string, patchesPerView: number): string {
  const { width, height } = PANEL
  const layers = Math.max(2, ...values.map((each) => each.layer))
  const x = (layer: number) => ((layer - 1) / (layers - 1)) * width
  const y = (share: number) => height - share * height
  const grid = [0, 0.25, 0.5, 0.75, 1].map(
    (share) =>
      `<line x1="0" x2="${width}" y1="${y(share)}" y2="${y(share)}" stroke="#ddd"/>` +
      `<text x="-6" y="${y(share) + 4}" text-anchor="end">${share}</text>`,
  )
  const ticks = Array.from(
    { length: layers },
    (_, i) => `<text x="${x(i + 1)}" y="${height + 14}" text-anchor="middle">${i + 1}</text>`,
  )
  const lines = TOP_COUNTS.map((top) => {
    const own = values.filter((each) => each.top === top).sort((a, b) => a.layer - b.layer)
    const points = own.map((each) => `${x(each.layer).toFixed(1)},${y(each.mean).toFixed(1)}`).join(' ')
    const end = own.at(-1)
    const chance = y(chanceOf(top, patchesPerView))
    return [
      `<polyline points="${points}" fill="none" stroke="#0a5" stroke-width="2" stroke-dasharray="${DASHES[top]}"/>`,
      `<line x1="0" x2="${width}" y1="${chance}" y2="${chance}" stroke="#888" stroke-dasharray="${DASHES[top]}"/>`,
      end ? `<text x="${width + 4}" y="${y(end.mean) + 4}">${top}</text>` : '',
    ].join('')
  })
  return [`<text x="0" y="-6" font-weight="bold">${escape(name)}</text>`, ...grid, ...ticks, ...lines].join('')
}

function escape(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;')
}
