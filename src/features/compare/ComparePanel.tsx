import { useMemo } from 'react'
import { visualSegments } from '../../core/tokens/layout.ts'
import type { VisualSegment } from '../../core/tokens/layout.ts'
import { decodeQuery } from '../../core/tokens/decodedQuery.ts'
import type { RunRecord } from '../../core/schema/runRecord.ts'
import { usePolicyShape } from '../../stores/layout.ts'
import { usePlayerStore } from '../../stores/playerStore.ts'
import { useViewStore } from '../../stores/viewStore.ts'
import { formatShare } from '../../ui/format.ts'
import { TokenCanvas } from '../../ui/tokens/TokenCanvas.tsx'
import type { PaintPlan } from '../../ui/tokens/plan.ts'
import { CardTray } from './CardTray.tsx'
import { CompareChart } from './CompareChart.tsx'
import styles from './compare.module.css'
import {
  budgetOf,
  compareAt,
  compareRuns,
  planDifference,
  planKept,
  queryAt,
  summariseComparison,
} from './compareModel.ts'
import { usePair } from './usePair.ts'
import type { ComparedSide } from './usePair.ts'

/** Two settings over the same episode: what each keeps, where they differ, and what that does to the actions. */
export function ComparePanel() {
  const { left, right } = usePair()
  const chosen = useViewStore((state) => state.layer)
  const { layers } = usePolicyShape()
  const layer = Math.min(chosen ?? layers, layers)
  return (
    <section className={styles.panel} aria-label="Comparison" data-testid="compare">
      <CardTray />
      {left.side === right.side ? (
        <p className={styles.empty}>
          Pin the present setting, then change the method: both are shown side by side, on one playhead.
        </p>
      ) : left.run && right.run ? (
        <Pair left={left} right={right} runs={[left.run, right.run]} layer={layer} />
      ) : (
        <p className={styles.empty} role="status">
          {titleOf(left.run ? right : left)} has not run over this episode yet. It runs as soon as the policy is loaded
          and the run on the screen has ended.
        </p>
      )}
    </section>
  )
}

function titleOf({ side }: ComparedSide): string {
  return side === 'now' ? 'Now' : side
}

function Pair(props: {
  left: ComparedSide
  right: ComparedSide
  runs: readonly [RunRecord, RunRecord]
  layer: number
}) {
  const { left, right, layer } = props
  const [a, b] = props.runs
  const { layout, visualTokens } = usePolicyShape()
  const frameCount = usePlayerStore((state) => state.frameCount)
  const frames = useMemo(() => compareRuns(a, b, frameCount, layer), [a, b, frameCount, layer])
  const summary = useMemo(() => summariseComparison(frames), [frames])
  const plans = useMemo(() => createPlans(a, b, layer, visualTokens), [a, b, layer, visualTokens])
  const columns = [
    { key: 'left', title: `${titleOf(left)} keeps`, plan: plans.left },
    { key: 'difference', title: 'Difference', plan: plans.difference },
    { key: 'right', title: `${titleOf(right)} keeps`, plan: plans.right },
  ]
  return (
    <>
      <dl className={styles.figures} data-testid="compare-summary">
        <Figure title="Kept sets in common (Jaccard)" value={formatShare(summary.meanJaccard)} />
        <Figure title="Actions apart, mean" value={millimetres(summary.meanTranslationMm)} />
        <Figure title="Actions apart, largest" value={millimetres(summary.maxTranslationMm)} />
        <Figure title="Gripper agrees" value={formatShare(summary.gripperAgreement ?? Number.NaN)} />
        <Figure title="Token budget" value={`${formatShare(budgetOf(a))} · ${formatShare(budgetOf(b))}`} />
      </dl>
      <div className={styles.grid}>
        {columns.map(({ key, title, plan }) => (
          <figure key={key} className={styles.column}>
            <figcaption>{title}</figcaption>
            <div className={styles.cameras}>
              {visualSegments(layout).map((segment: VisualSegment) => (
                <TokenCanvas
                  key={segment.view}
                  segment={segment}
                  planAt={plan}
                  label={`${title}, ${segment.view} camera`}
                />
              ))}
            </div>
          </figure>
        ))}
      </div>
      <Counts runs={props.runs} layer={layer} left={titleOf(left)} right={titleOf(right)} />
      <CompareChart frames={frames} left={titleOf(left)} right={titleOf(right)} />
    </>
  )
}

function Figure({ title, value }: { title: string; value: string }) {
  return (
    <div>
      <dt>{title}</dt>
      <dd>{value}</dd>
    </div>
  )
}

function millimetres(value: number | undefined): string {
  return value === undefined ? '–' : `${value.toFixed(2)} mm`
}

/** The legend of the difference, with the counts of the frame on the screen. */
function Counts(props: { runs: readonly [RunRecord, RunRecord]; layer: number; left: string; right: string }) {
  const [a, b] = props.runs
  // A string, so that a frame that changes nothing renders nothing.
  const counts = usePlayerStore(({ frame }) => {
    const comparison = compareAt(a, b, frame, props.layer)
    if (!comparison) return ''
    const { both, onlyA, onlyB, jaccard } = comparison
    return [both.length, onlyA.length, onlyB.length, formatShare(jaccard)].join('|')
  })
  const [both, onlyA, onlyB, jaccard] = counts.split('|')
  return (
    <p className={styles.legend} data-testid="compare-counts">
      <span className={styles.entry} data-kind="both">
        both <b>{both}</b>
      </span>
      <span className={styles.entry} data-kind="a">
        only {props.left} <b>{onlyA}</b>
      </span>
      <span className={styles.entry} data-kind="b">
        only {props.right} <b>{onlyB}</b>
      </span>
      <span className="muted">
        after layer {props.layer}; this query has {jaccard} in common. Hatched: kept by neither.
      </span>
    </p>
  )
}

/** Painters of the three columns; the answer of the last query pair is kept. */
function createPlans(a: RunRecord, b: RunRecord, layer: number, visualTokens: number) {
  const remember = (plan: (frame: number) => PaintPlan | undefined) => {
    let last: { key: string; plan: PaintPlan | undefined } | undefined
    return (frame: number) => {
      const key = `${queryAt(a, frame)?.index}/${queryAt(b, frame)?.index}`
      if (last?.key !== key) last = { key, plan: plan(frame) }
      return last.plan
    }
  }
  const keptBy = (run: RunRecord, color: string) =>
    remember((frame) => {
      const query = queryAt(run, frame)
      return query && planKept(decodeQuery(query, run.model), layer, color)
    })
  return {
    left: keptBy(a, '--compare-a'),
    right: keptBy(b, '--compare-b'),
    difference: remember((frame) => {
      const comparison = compareAt(a, b, frame, layer)
      return comparison && planDifference(comparison, visualTokens)
    }),
  }
}
