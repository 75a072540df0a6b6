import { Accordion } from 'radix-ui'
import { memo, useCallback, useMemo, useState } from 'react'
import type { ReactNode } from 'react'
import { useShallow } from 'zustand/react/shallow'
import type { ParameterDescription, ParameterValue } from '../../core/pruning/parameters.ts'
import { selectorRegistry } from '../../core/pruning/registry.ts'
import { useMethodStore } from '../../stores/methodStore.ts'
import { Icon } from '../../ui/Icon.tsx'
import { MethodHead } from './MethodHead.tsx'
import {
  changedCounts,
  completeValues,
  firstPreset,
  groupParameters,
  isChanged,
  methodOrFirst,
  type ParameterGroup,
} from './panelModel.ts'
import { NumberControl } from './NumberControl.tsx'
import { EngineControl } from './EngineControl.tsx'
import { ParameterControl } from './ParameterControl.tsx'
import styles from './pruning.module.css'

/**
 * The method with all its settings, generated from its own description. Every part reads from the store what it shows
 * and no more, so that a moved slider renders itself and nothing else.
 */
export function MethodPanel() {
  const methodId = useMethodStore((state) => state.methodId)
  const presetId = useMethodStore((state) => state.presetId)
  const definition = methodOrFirst(methodId)
  const groups = useMemo(() => groupParameters(definition), [definition])
  const base = useMemo(() => completeValues(definition, presetId), [definition, presetId])
  const counts = useMethodStore(useShallow(({ parameters }) => changedCounts(groups, parameters, base)))
  const chooseMethod = useCallback((id: string) => {
    const next = methodOrFirst(id)
    const preset = firstPreset(next)
    const { apply } = useMethodStore.getState()
    apply({ methodId: next.id, presetId: preset, parameters: completeValues(next, preset) })
  }, [])
  const choosePreset = useCallback(
    (preset: string | undefined) =>
      useMethodStore.getState().apply({ presetId: preset, parameters: completeValues(definition, preset) }),
    [definition],
  )
  return (
    <section className={styles.panel} aria-label="Pruning method" data-testid="method-panel">
      <MethodHead
        definition={definition}
        methods={selectorRegistry}
        presetId={presetId}
        changed={counts.reduce((sum, count) => sum + count, 0)}
        onMethod={chooseMethod}
        onPreset={choosePreset}
      />
      <ParameterGroups key={definition.id} groups={groups} counts={counts} base={base} />
    </section>
  )
}

interface ParameterGroupsProps {
  groups: readonly ParameterGroup[]
  /** By group: how many of its parameters differ from the preset's values. */
  counts: readonly number[]
  /** The preset's values. */
  base: Readonly<Record<string, ParameterValue>>
}

/** The parameters under their headings. A group opens when something in it changes from outside: by a link or a lesson. */
const ParameterGroups = memo(function ParameterGroups({ groups, counts, base }: ParameterGroupsProps) {
  const titles = groups.filter((_, index) => counts[index] > 0).map(({ title }) => title)
  const [known, setKnown] = useState<readonly string[]>(titles)
  const [open, setOpen] = useState(() => [...groups.slice(0, 2).map(({ title }) => title), ...titles])
  if (titles.join() !== known.join()) {
    setKnown(titles)
    setOpen([...open, ...titles.filter((title) => !known.includes(title) && !open.includes(title))])
  }
  return (
    <Accordion.Root type="multiple" value={open} onValueChange={setOpen} className={styles.groups}>
      {groups.map((group, index) => (
        <Group key={group.title} value={group.title} title={group.title} changed={counts[index]}>
          {group.parameters.map((description) => (
            <Parameter key={description.name} description={description} base={base[description.name]} />
          ))}
        </Group>
      ))}
      <Group value="run" title="Run">
        <RunSettings />
      </Group>
    </Accordion.Root>
  )
})

/** One parameter as it stands now. */
function Parameter({ description, base }: { description: ParameterDescription; base: ParameterValue }) {
  const value = useMethodStore(({ parameters }) => parameters[description.name])
  const setParameter = useMethodStore((state) => state.setParameter)
  return (
    <ParameterControl
      description={description}
      value={value}
      changed={isChanged(value, base)}
      onChange={setParameter}
    />
  )
}

/** What every method has: how a run goes. */
function RunSettings() {
  const executeSteps = useMethodStore((state) => state.executeSteps)
  const seed = useMethodStore((state) => state.seed)
  const engine = useMethodStore((state) => state.engine)
  const apply = useMethodStore((state) => state.apply)
  return (
    <>
      <NumberControl
        title="Executed steps"
        help="Actions of a predicted chunk that run before the next query."
        min={1}
        max={8}
        step={1}
        value={executeSteps}
        changed={executeSteps !== 8}
        testId="execute-steps"
        onChange={(value) => apply({ executeSteps: value })}
      />
      <NumberControl
        title="Seed"
        help="Of a method's own randomness; only the random controls have any."
        min={0}
        max={99}
        step={1}
        value={seed}
        changed={seed !== 0}
        testId="seed"
        onChange={(value) => apply({ seed: value })}
      />
      <EngineControl engine={engine} />
    </>
  )
}

interface GroupProps {
  value: string
  title: string
  /** How many of its parameters differ from the preset's values. */
  changed?: number
  children: ReactNode
}

function Group({ value, title, changed = 0, children }: GroupProps) {
  return (
    <Accordion.Item value={value} className={styles.group}>
      <Accordion.Header className={styles.groupHeader}>
        <Accordion.Trigger className={styles.groupTrigger}>
          <span className="section-title">{title}</span>
          {changed > 0 && <span className={styles.changedCount}>{changed} changed</span>}
          <Icon name="chevron" size={12} />
        </Accordion.Trigger>
      </Accordion.Header>
      <Accordion.Content className={styles.groupContent}>{children}</Accordion.Content>
    </Accordion.Item>
  )
}
