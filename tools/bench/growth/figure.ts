import { type Axis, engineOf, type GrowthEngine, type GrowthResult, modelsAlong, type ModelGrowth } from './result.ts'

const PANEL = { width: 250, height: 190, left: 52, top: 46, gap: 66 }
const FOOT = 74

/** Colours of the page's set colours (Okabe-Ito), with a dash for those who cannot tell them apart. */
const STYLES: Record<GrowthEngine, { title: string; color: string; dash: string }> = {
  dense: { title: 'dense', color: '#5b6572', dash: '' },
  'keep-all': { title: 'layered, keep all', color: '#e69f00', dash: '7 3' },
  pruned: { title: 'SpecPrune, layered', color: '#0072b2', dash: '' },
  fused: { title: 'SpecPrune, fused', color: '#009e73', dash: '2 2' },
}

const AXIS_TITLES: Record<Axis, string> = { visualTokens: 'visual tokens', layers: 'layers', width: 'width' }

interface Series {
  color: string
  dash: string
  /** Thin, without marks: computed, not measured. */
  paper?: boolean
  points: { x: number; y: number; low?: number; high?: number }[]
}

interface Panel {
  title: string
  series: Series[]
  /** Logarithmic upwards; otherwise from 0. */
  logarithmic: boolean
  /** A level to compare with. */
  level?: number
}

type Along = readonly { value: number; model: ModelGrowth }[]

/**
 * Latency, speed-up and memory along one axis as an SVG. Thin dotted lines are the costs on paper: multiply-accumulates, at the
 * rate that the dense engine reaches on the model that all axes share.
 */
export function growthFigure(result: GrowthResult, axis: Axis): string {
  const along = modelsAlong(result, axis)
  const engines = (['dense', 'keep-all', 'pruned', 'fused'] as const).filter((engine) =>
    along.some(({ model }) => engineOf(model, engine)),
  )
  const panels = [latencyPanel(result, along, engines), speedUpPanel(along, engines), memoryPanel(along, engines)]
  const width = PANEL.left + panels.length * (PANEL.width + PANEL.gap) - PANEL.gap + 16
  const height = PANEL.top + PANEL.height + FOOT
  const legend = engines.map((engine, i) => legendEntry(STYLES[engine], PANEL.left + i * 150, height - 12))
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" font-family="sans-serif" font-size="11" role="img">`,
    `<title>Cost of a query by ${AXIS_TITLES[axis]}</title><rect width="100%" height="100%" fill="#fff"/>`,
    ...panels.map((panel, i) => {
      const x = PANEL.left + i * (PANEL.width + PANEL.gap)
      return `<g transform="translate(${x} ${PANEL.top})">${drawPanel(panel, along, AXIS_TITLES[axis])}</g>`
    }),
    ...legend,
    legendEntry({ title: 'on paper', color: '#333', dash: '1 3' }, PANEL.left + engines.length * 150, height - 12),
    '</svg>\n',
  ].join('\n')
}

function latencyPanel({ axes, models }: GrowthResult, along: Along, engines: readonly GrowthEngine[]): Panel {
  const shared = axes.layers.find(({ folder }) => axes.width.some((other) => other.folder === folder))?.folder
  const base = engineOf(models.find(({ folder }) => folder === shared) ?? along[0].model, 'dense')
  const msPerMac = base ? base.p50Ms / base.macs : 0
  const paper = (['dense', 'pruned'] as const).map((engine): Series => ({
    color: STYLES[engine].color,
    dash: '1 3',
    paper: true,
    points: pointsOf(along, engine, ({ macs }) => macs * msPerMac),
  }))
  return {
    title: 'latency, ms (median)',
    logarithmic: true,
    series: [...engines.map((engine) => measured(engine, along, ({ p50Ms }) => p50Ms)), ...(msPerMac > 0 ? paper : [])],
  }
}

function speedUpPanel(along: Along, engines: readonly GrowthEngine[]): Panel {
  const shown = engines.filter((engine) => engine !== 'dense')
  const dense = (model: ModelGrowth) => engineOf(model, 'dense')?.macs ?? Number.NaN
  const paper = along.flatMap(({ value, model }) => {
    const pruned = engineOf(model, 'pruned')
    return pruned ? [{ x: value, y: dense(model) / pruned.macs }] : []
  })
  const intervals = shown.map((engine): Series => ({
    ...STYLES[engine],
    points: along.flatMap(({ value, model }) => {
      const speedUp = engineOf(model, engine)?.speedUp
      return speedUp ? [{ x: value, y: speedUp.estimate, low: speedUp.low, high: speedUp.high }] : []
    }),
  }))
  return {
    title: 'speed-up over dense (95 %)',
    logarithmic: false,
    level: 1,
    series: [...intervals, { color: STYLES.pruned.color, dash: '1 3', paper: true, points: paper }],
  }
}

function memoryPanel(along: Along, engines: readonly GrowthEngine[]): Panel {
  const megabytes = ({ memoryBytes }: { memoryBytes?: number }) => (memoryBytes ?? Number.NaN) / 1e6
  return {
    title: 'peak memory, MB',
    logarithmic: false,
    series: engines.map((engine) => measured(engine, along, megabytes)),
  }
}

type OfEngine = (engine: NonNullable<ReturnType<typeof engineOf>>) => number

function measured(engine: GrowthEngine, along: Along, of: OfEngine): Series {
  return { ...STYLES[engine], points: pointsOf(along, engine, of) }
}

function pointsOf(along: Along, engine: GrowthEngine, of: OfEngine): Series['points'] {
  return along.flatMap(({ value, model }) => {
    const found = engineOf(model, engine)
    const y = found ? of(found) : Number.NaN
    return y > 0 ? [{ x: value, y }] : []
  })
}

function drawPanel({ title, series, logarithmic, level }: Panel, along: Along, axisTitle: string): string {
  const { width, height } = PANEL
  const values = along.map(({ value }) => value)
  const numbers = series.flatMap(({ points }) => points.flatMap(({ y, low = y, high = y }) => [low, high]))
  if (numbers.length === 0) return `<text x="0" y="-10" font-weight="bold">${title}: not measured</text>`
  const top = Math.max(...numbers) * 1.1
  const bottom = logarithmic ? Math.min(...numbers) / 1.1 : 0
  const scale = (value: number, low: number, high: number, log: boolean) =>
    high === low ? 0.5 : log ? Math.log(value / low) / Math.log(high / low) : (value - low) / (high - low)
  const x = (value: number) => width * scale(value, Math.min(...values), Math.max(...values), true)
  const y = (value: number) => height * (1 - scale(value, bottom, top, logarithmic))
  const ticks = logarithmic ? logTicks(bottom, top) : linearTicks(top)
  return [
    `<text x="0" y="-10" font-weight="bold">${title}</text>`,
    ...ticks.map(
      (tick) =>
        `<path d="M0 ${n(y(tick))}h${width}" stroke="#ddd"/><text x="-6" y="${n(y(tick) + 4)}" text-anchor="end">${format(tick)}</text>`,
    ),
    ...values.map((value) => `<text x="${n(x(value))}" y="${height + 16}" text-anchor="middle">${value}</text>`),
    `<text x="${width / 2}" y="${height + 33}" text-anchor="middle">${axisTitle}</text>`,
    level === undefined ? '' : `<path d="M0 ${n(y(level))}h${width}" stroke="#333"/>`,
    ...series.map((each) => drawSeries(each, x, y)),
  ].join('')
}

function drawSeries(
  { color, dash, paper, points }: Series,
  x: (v: number) => number,
  y: (v: number) => number,
): string {
  const at = (point: Series['points'][number]) => `${n(x(point.x))} ${n(y(point.y))}`
  const line = `<path d="M${points.map(at).join('L')}" fill="none" stroke="${color}" stroke-width="${paper ? 1.2 : 1.8}" stroke-dasharray="${dash}"/>`
  if (points.length === 0) return ''
  if (paper) return line
  const marks = points.map((point) => {
    const { low = point.y, high = point.y } = point
    const bar = `<path d="M${n(x(point.x))} ${n(y(low))}V${n(y(high))}" stroke="${color}"/>`
    return `${bar}<circle cx="${n(x(point.x))}" cy="${n(y(point.y))}" r="2.6" fill="${color}"/>`
  })
  return line + marks.join('')
}

function legendEntry({ title, color, dash }: { title: string; color: string; dash: string }, x: number, y: number) {
  return `<path d="M${x} ${y - 4}h22" stroke="${color}" stroke-width="2" stroke-dasharray="${dash}"/><text x="${x + 28}" y="${y}">${title}</text>`
}

/** 1, 2 and 5 times powers of ten within a range. */
function logTicks(low: number, high: number): number[] {
  const exponents = Array.from({ length: 12 }, (_, i) => i - 3)
  const ticks = exponents.flatMap((exponent) => [1, 2, 5].map((digit) => digit * 10 ** exponent))
  return ticks.filter((tick) => tick >= low && tick <= high)
}

function linearTicks(high: number): number[] {
  const power = 10 ** Math.floor(Math.log10(high))
  const step = [0.2, 0.5, 1].map((part) => part * power).find((each) => high / each <= 6) ?? power
  return Array.from({ length: Math.floor(high / step) + 1 }, (_, i) => i * step)
}

function format(value: number): string {
  return value >= 1000 ? `${value / 1000}k` : String(Number(value.toPrecision(2)))
}

function n(value: number): string {
  return String(Number(value.toFixed(2)))
}
