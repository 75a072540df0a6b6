import { memo, useCallback, useMemo } from 'react'
import { Bar, ComposedChart, LabelList, ReferenceLine } from 'recharts'
import type { QueryRecord, RunRecord } from '../../core/schema/runRecord.ts'
import { ChartCard, LegendItem } from './ChartCard.tsx'
import { ChartTooltip } from './ChartTooltip.tsx'
import { DataTable } from './DataTable.tsx'
import { LayerAxis, TIME_MARGIN, ValueAxis, ValueGrid } from './axes.tsx'
import { formatCount, formatPercent } from './format.ts'
import type { ChartOrigin } from './origin.ts'
import { createTokensModel, denseTicks, describeTokens, labelledLayers, tokensRows } from './tokensModel.ts'
import type { LayerPoint, TokensModel } from './tokensModel.ts'
import { useElementWidth } from './useElementWidth.ts'
import styles from './charts.module.css'

export interface TokensPerLayerChartProps {
  run: RunRecord | undefined
  /** The query that governs the current frame. */
  query: QueryRecord | undefined
  origin: ChartOrigin | undefined
  streaming?: boolean
}

const TITLE = 'Tokens per layer'
const COLUMNS = ['Layer', 'This query', 'Mean of the run', 'Dense']

/** How many visual tokens take part in each layer, and what that saves. */
export const TokensPerLayerChart = memo(function TokensPerLayerChart(props: TokensPerLayerChartProps) {
  const { run, query, origin, streaming } = props
  const model = useMemo(() => run && createTokensModel(run, query), [run, query])
  const readRows = useCallback(() => (model ? tokensRows(model) : []), [model])
  if (!model) return <ChartCard title={TITLE} origin={origin} streaming={streaming} empty="No query has run yet." />
  return (
    <ChartCard title={TITLE} origin={origin} streaming={streaming}>
      <Budget model={model} />
      <Plot model={model} />
      <p className={styles.legend}>
        <LegendItem kind="bar" colour="var(--pruned)">
          {query ? `query at frame ${query.step}` : 'no query yet'}
        </LegendItem>
        <LegendItem kind="outline" colour="var(--color-text)">
          mean of {model.queries} {model.queries === 1 ? 'query' : 'queries'}
        </LegendItem>
        <LegendItem kind="dashed" colour="var(--dense)">
          dense, {model.dense}
        </LegendItem>
      </p>
      <DataTable caption="Visual tokens per layer" columns={COLUMNS} readRows={readRows} />
    </ChartCard>
  )
})

function Budget({ model: { query, run } }: { model: TokensModel }) {
  return (
    <dl className={styles.figures}>
      <div>
        <dt>Budget (token-layers)</dt>
        <dd>
          {query ? formatPercent(query.budget) : '–'} <small>run {formatPercent(run.budget)}</small>
        </dd>
      </div>
      <div>
        <dt>Multiply-accumulates</dt>
        <dd>
          {query ? formatPercent(query.macs) : '–'} <small>run {formatPercent(run.macs)}</small>
        </dd>
      </div>
    </dl>
  )
}

function Plot({ model }: { model: TokensModel }) {
  const { ref, width } = useElementWidth<HTMLDivElement>()
  const { points, dense } = model
  const labelled = labelledLayers(points, width)
  return (
    <div ref={ref} className={styles.plot} role="img" aria-label={describeTokens(model)}>
      <span className={styles.plotTitle}>visual tokens</span>
      <ComposedChart
        width={width}
        height={190}
        data={[...points]}
        margin={{ ...TIME_MARGIN, top: 16 }}
        barCategoryGap="18%"
        accessibilityLayer={false}
      >
        <ValueGrid />
        <LayerAxis />
        <LayerAxis id="mean" hidden />
        <ValueAxis ticks={denseTicks(dense)} />
        <ChartTooltip<LayerPoint> render={(point) => <LayerDetails point={point} dense={dense} />} />
        <Bar dataKey="tokens" fill="var(--pruned)" isAnimationActive={false}>
          <LabelList
            valueAccessor={(_entry: unknown, i: number) => (labelled.has(i + 1) ? points[i]?.tokens : undefined)}
            position="top"
            fill="var(--color-text)"
            stroke="var(--color-surface)"
            strokeWidth={3}
            paintOrder="stroke"
            fontSize={11}
          />
        </Bar>
        <Bar
          dataKey="mean"
          xAxisId="mean"
          fill="none"
          stroke="var(--color-text)"
          strokeWidth={1.25}
          isAnimationActive={false}
        />
        <ReferenceLine y={dense} stroke="var(--dense)" strokeDasharray="5 3" strokeWidth={1.5} />
      </ComposedChart>
      <span className={styles.axisTitle}>layer</span>
    </div>
  )
}

function LayerDetails({ point: { layer, tokens, mean }, dense }: { point: LayerPoint; dense: number }) {
  return (
    <>
      <b>Layer {layer}</b>
      <br />
      {tokens ?? '–'} of {dense} visual tokens
      {tokens !== undefined && ` (${formatPercent(tokens / dense)})`}
      <br />
      mean of the run {formatCount(mean)}
    </>
  )
}
