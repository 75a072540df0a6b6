import { ENGINE_CHOICES, type EngineChoice } from '../../core/policy/engine.ts'
import { useMethodStore } from '../../stores/methodStore.ts'
import { Hint } from '../../ui/Hint.tsx'
import { Choice } from './Choice.tsx'
import styles from './pruning.module.css'

const TITLES: Readonly<Record<EngineChoice, string>> = {
  auto: 'automatic',
  layered: 'layered',
  fused: 'fused where possible',
}

const HELP =
  'Fused: selection and layers in one graph, one read-back a query; only SpecPrune with a fixed count fits into it. ' +
  'Layered: one graph a layer, any method. Automatic: fused on WebGPU where possible, else layered. The kept tokens are the same.'

/** Which engine runs the method; it decides times, not results. */
export function EngineControl({ engine }: { engine: EngineChoice }) {
  const { setEngine } = useMethodStore.getState()
  const change = (value: string) => {
    const choice = ENGINE_CHOICES.find((each) => each === value)
    if (choice) setEngine(choice)
  }
  return (
    <div className={styles.controlRow}>
      <Hint text={HELP} side="left">
        <span className={styles.controlTitle} data-changed={engine === 'auto' ? undefined : ''}>
          Engine
        </span>
      </Hint>
      <Choice
        label="Engine"
        testId="engine"
        value={engine}
        options={ENGINE_CHOICES.map((value) => ({ value, title: TITLES[value] }))}
        onChange={change}
      />
    </div>
  )
}
