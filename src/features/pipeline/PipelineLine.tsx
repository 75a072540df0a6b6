import { Toggle } from 'radix-ui'
import { Fragment, useMemo } from 'react'
import { useCurrentQuery } from '../../stores/shownQuery.ts'
import { useViewStore } from '../../stores/viewStore.ts'
import { formatShare } from '../../ui/format.ts'
import { Hint } from '../../ui/Hint.tsx'
import styles from './pipeline.module.css'
import { describePipeline } from './pipelineModel.ts'
import type { PipelineStage } from './pipelineModel.ts'

/** The method made visible: what each step of the query on the screen kept. A click paints exactly that set. */
export function PipelineLine() {
  const current = useCurrentQuery()
  const model = useMemo(() => current && describePipeline(current.decoded), [current])
  if (!model) return <div className={styles.line} data-testid="pipeline" />
  return (
    <div
      className={styles.line}
      role="group"
      aria-label="Tokens through the layers"
      data-stale={current?.stale ? '' : undefined}
      data-testid="pipeline"
    >
      <Stage stage={model.all} />
      {model.steps.map((step) => (
        <Fragment key={step.stage.id}>
          <Sign>▸</Sign>
          {step.sets.length > 0 && (
            <span className={styles.union}>
              {step.sets.map((set, i) => (
                <Fragment key={set.id}>
                  {i > 0 && <Sign>∪</Sign>}
                  <Stage stage={set} />
                </Fragment>
              ))}
            </span>
          )}
          {step.sets.length > 0 && <Sign>▸</Sign>}
          <Stage stage={step.stage} />
        </Fragment>
      ))}
      {model.remark && (
        <>
          <Sign>▸</Sign>
          <span className="muted">{model.remark}</span>
        </>
      )}
      <Sign>▸</Sign>
      <span className={styles.end}>action</span>
      <Hint text="Visual tokens averaged over all layers, as a share of the unpruned policy's">
        <button type="button" className={styles.budget} data-testid="budget">
          token budget <b>{formatShare(model.budget, 1)}</b>
        </button>
      </Hint>
    </div>
  )
}

function Stage({ stage }: { stage: PipelineStage }) {
  const painted = useViewStore((state) => state.overlay === 'sets' && state.paintedStage === stage.id)
  const { togglePaintedStage } = useViewStore.getState()
  return (
    <Hint text={`${stage.description}. Click to paint ${painted ? 'all sets again' : 'exactly these'}.`}>
      <Toggle.Root
        className={styles.stage}
        pressed={painted}
        onPressedChange={() => togglePaintedStage(stage.id)}
        aria-label={stage.description}
        data-testid={`stage-${stage.id}`}
      >
        {stage.color && <span className="swatch" style={{ background: `var(${stage.color})` }} />}
        <span className={styles.label}>{stage.label}</span>
        <b>{stage.count}</b>
      </Toggle.Root>
    </Hint>
  )
}

function Sign({ children }: { children: string }) {
  return (
    <span className={styles.sign} aria-hidden="true">
      {children}
    </span>
  )
}
