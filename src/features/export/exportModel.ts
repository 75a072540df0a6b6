import { compareChunks } from '../../core/metrics/agreement.ts'
import { tokenBudget } from '../../core/metrics/tokenLayers.ts'
import type { TextTable } from '../../core/report/tables.ts'
import { decodeFloats } from '../../core/schema/base64.ts'
import type { RunRecord } from '../../core/schema/runRecord.ts'
import { quantile } from '../../core/statistics/quantile.ts'
import { describeSettings } from '../../stores/settings.ts'
import type { TriedRun } from '../../stores/triedStore.ts'

/** Columns of {@link queryRows}. */
export const QUERY_COLUMNS = [
  'frame',
  'replan',
  'mode',
  'budget',
  'tokens_at_last_layer',
  'latency_ms',
  'dense_latency_ms',
  'select_ms',
  'translation_mm',
  'rotation_deg',
  'gripper_agreement',
] as const

/** Every number of a run's charts, one row per query. */
export function queryRows(run: RunRecord): (string | number | undefined)[][] {
  return run.queries.map((query) => {
    const agreement =
      query.denseChunk === undefined || query.chunk === ''
        ? undefined
        : compareChunks(decodeFloats(query.chunk), decodeFloats(query.denseChunk), run.executeSteps)
    return [
      query.step,
      String(query.replan),
      query.notes.mode,
      tokenBudget(query.tokensPerLayer, run.model.visualTokens),
      query.tokensPerLayer.at(-1),
      query.latencyMs,
      query.denseLatencyMs,
      query.stagesMs.select,
      agreement?.translationMm,
      agreement?.rotationDeg,
      agreement?.gripperAgreement,
    ]
  })
}

/** Tokens of each layer, one row per query and layer. */
export function tokenRows(run: RunRecord): (string | number | undefined)[][] {
  return run.queries.flatMap(({ step, tokensPerLayer }) => tokensPerLayer.map((tokens, i) => [step, i + 1, tokens]))
}

/** Columns of {@link tokenRows}. */
export const TOKEN_COLUMNS = ['frame', 'layer', 'visual_tokens'] as const

/** {@link queryRows} as texts to read. */
export function queryTable(run: RunRecord): TextTable {
  const rows = queryRows(run).map((row) =>
    row.map((cell) => {
      if (cell === undefined) return '–'
      return typeof cell === 'string' || Number.isInteger(cell) ? String(cell) : cell.toFixed(3)
    }),
  )
  return { caption: 'Queries of this run, open loop.', columns: QUERY_COLUMNS, rows }
}

/** The runs of an episode as a table for a paper. */
export function triedTable(runs: readonly TriedRun[], episode: string): TextTable {
  const rows = runs.map(({ settings, run }) => {
    const { title, changes } = describeSettings(settings)
    const own = queryRows(run)
    const mean = (column: number) => {
      const values = own.map((row) => row[column]).filter((value) => typeof value === 'number')
      return values.length === 0 ? undefined : values.reduce((sum, value) => sum + value, 0) / values.length
    }
    const median = quantile(
      run.queries.map(({ latencyMs }) => latencyMs),
      0.5,
    )
    return [
      changes === '' ? title : `${title}; ${changes}`,
      percent(mean(3)),
      median.toFixed(1),
      number(mean(8)),
      percent(mean(10)),
      String(own.length),
    ]
  })
  return {
    caption: `Settings tried on ${episode}, open loop: agreement with the unpruned policy, which is not task success.`,
    columns: ['Setting', 'Budget', 'Latency p50 (ms)', 'Distance (mm)', 'Gripper agrees', 'Queries'],
    rows,
  }
}

function percent(share: number | undefined): string {
  return share === undefined ? '–' : `${(share * 100).toFixed(1)} %`
}

function number(value: number | undefined): string {
  return value === undefined ? '–' : value.toFixed(3)
}
