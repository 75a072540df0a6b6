import type { LatencySummary } from '../core/metrics/latency.ts'
import { formatMs } from './format.ts'
import './ui.css'

interface Strip {
  title: string
  samplesMs: readonly number[]
  summary: LatencySummary
  colour: string
}

const ROW_HEIGHT = 18
const LEFT = 52
const RIGHT = 10

/** All samples on one scale, a tick each, with p50 (tall) and p95 (dashed): a summary alone can hide two clusters. */
export function SampleStrip({ strips, maxMs, width }: { strips: readonly Strip[]; maxMs: number; width: number }) {
  const scale = (ms: number) => LEFT + (Math.min(ms, maxMs) / maxMs) * Math.max(1, width - LEFT - RIGHT)
  const height = strips.length * ROW_HEIGHT
  return (
    <svg className="sample-strip" width={width} height={height + 14} aria-hidden="true">
      {strips.map(({ title, samplesMs, summary, colour }, row) => {
        const y = row * ROW_HEIGHT
        const ticks = samplesMs.map((ms) => `M${scale(ms).toFixed(1)} ${y + 5}v${ROW_HEIGHT - 9}`).join('')
        return (
          <g key={title} stroke={colour}>
            <text x={0} y={y + 13} stroke="none">
              {title}
            </text>
            <path d={ticks} opacity={0.5} />
            <path d={`M${scale(summary.p50Ms)} ${y + 1}v${ROW_HEIGHT - 1}`} strokeWidth={2.5} />
            <path d={`M${scale(summary.p95Ms)} ${y + 1}v${ROW_HEIGHT - 1}`} strokeWidth={1.5} strokeDasharray="2 2" />
          </g>
        )
      })}
      <text x={LEFT} y={height + 11}>
        0
      </text>
      <text x={width - RIGHT} y={height + 11} textAnchor="end">
        {formatMs(maxMs)}
      </text>
    </svg>
  )
}
