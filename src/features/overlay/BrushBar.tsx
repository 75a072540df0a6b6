import { ToggleGroup } from 'radix-ui'
import { useMemo } from 'react'
import type { BrushTool } from '../../core/pruning/forcedText.ts'
import { clearBrush, useBrushStore } from '../../stores/brushStore.ts'
import { useCompareStore } from '../../stores/compareStore.ts'
import { useEpisodeStore } from '../../stores/episodeStore.ts'
import { methodSettings, useMethodStore } from '../../stores/methodStore.ts'
import { describeForced, settingsKey } from '../../stores/settings.ts'
import { useCurrentQuery } from '../../stores/shownQuery.ts'
import { findTried, useTriedStore } from '../../stores/triedStore.ts'
import { Hint } from '../../ui/Hint.tsx'
import { describeBrushDelta } from './brushDelta.ts'
import { InstructionEdit } from './InstructionEdit.tsx'
import styles from './overlay.module.css'

const TOOLS: readonly { tool: BrushTool; title: string; help: string }[] = [
  { tool: 'keep', title: 'Force keep', help: 'Brushed tokens stay through every decision.' },
  { tool: 'drop', title: 'Force drop', help: 'Brushed tokens go with the first decision.' },
  {
    tool: 'grey',
    title: 'Grey out',
    help: 'The pixels of brushed tokens become grey before the policy sees them; the method decides about them as before.',
  },
  { tool: 'erase', title: 'Erase', help: 'Brushed tokens are left to the method again.' },
]

/** The counterfactual: paint on the cameras or change the instruction, and see what that does to the actions. */
export function BrushBar() {
  const { tool, size } = useBrushStore()
  const { setTool, setSize } = useBrushStore.getState()
  const forced = useMethodStore((state) => state.forced)
  const instruction = useMethodStore((state) => state.instruction)
  if (tool === undefined && forced === '' && instruction === '') return null
  return (
    <div className={styles.brush} data-testid="brush">
      <span className="muted">Brush</span>
      <ToggleGroup.Root
        type="single"
        className={styles.segments}
        value={tool ?? ''}
        onValueChange={(value) => setTool(value === '' ? undefined : (value as BrushTool))}
        aria-label="Brush"
      >
        {TOOLS.map(({ tool: id, title, help }) => (
          <Hint key={id} text={help}>
            <ToggleGroup.Item value={id} className={styles.segment} data-testid={`brush-${id}`}>
              {title}
            </ToggleGroup.Item>
          </Hint>
        ))}
      </ToggleGroup.Root>
      {tool && (
        <button type="button" className="button" onClick={() => setSize(size === 1 ? 3 : 1)}>
          {size} × {size}
        </button>
      )}
      {forced !== '' && (
        <>
          <span>{describeForced(forced)}</span>
          <button type="button" className="button" onClick={clearBrush} data-testid="brush-clear">
            Clear
          </button>
        </>
      )}
      <InstructionEdit />
      {(forced !== '' || instruction !== '') && <Delta />}
    </div>
  )
}

/** What the brush and the instruction did to the query on the screen. */
function Delta() {
  const current = useCurrentQuery()
  const panel = useMethodStore()
  const tried = useTriedStore((state) => state.runs)
  const load = useEpisodeStore((state) => state.load)
  const settings = methodSettings(panel)
  const plain = { ...settings, forced: '', instruction: '' }
  const key = settingsKey(plain)
  const alone = useMemo(
    () => (load.status === 'ready' ? findTried(tried, key, load.frames.key)?.run : undefined),
    [tried, key, load],
  )
  const answered = current && !current.stale && current.origin === 'live'
  const delta = answered ? describeBrushDelta(current.query, alone, settings.executeSteps) : undefined
  if (!alone) {
    return (
      <button type="button" className="button" onClick={() => useCompareStore.getState().pin(plain)}>
        Run the method on the recording as it is to compare
      </button>
    )
  }
  if (!delta) return <span className="muted">The action follows with the live run</span>
  const { translationMm, rotationDeg, gripperAgreement } = delta.actions
  return (
    <span data-testid="brush-delta" role="status">
      action <b>{translationMm.toFixed(2)} mm</b>, <b>{rotationDeg.toFixed(2)}°</b> from the method alone, gripper{' '}
      {gripperAgreement === 1 ? 'the same' : 'differs'}; {delta.survivors.alone} → {delta.survivors.brushed} tokens
    </span>
  )
}
