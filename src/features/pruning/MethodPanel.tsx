import { Accordion } from 'radix-ui'
import { useMemo, useState } from 'react'
import type { ReactNode } from 'react'
import { selectorRegistry } from '../../core/pruning/registry.ts'
import { useMethodStore } from '../../stores/methodStore.ts'
import { Icon } from '../../ui/Icon.tsx'
import { MethodHead } from './MethodHead.tsx'
import { changedParameters, firstPreset, completeValues, groupParameters, methodOrFirst } from './panelModel.ts'
import { NumberControl } from './NumberControl.tsx'
import { EngineControl } from './EngineControl.tsx'
import { ParameterControl } from './ParameterControl.tsx'
import styles from './pruning.module.css'

/** The method with all its settings, generated from its own description. */
export function MethodPanel() {
  const { methodId, presetId, parameters } = useMethodStore()
  const { apply } = useMethodStore.getState()
  const definition = methodOrFirst(methodId)
  const groups = useMemo(() => groupParameters(definition), [definition])
  const changed = useMemo(() => changedParameters(definition, presetId, parameters), [definition, presetId, parameters])
  const choose = (id: string) => {
    const next = methodOrFirst(id)
    const preset = firstPreset(next)
    apply({ methodId: next.id, presetId: preset, parameters: completeValues(next, preset) })
  }
  return (
    <section className={styles.panel} aria-label="Pruning method" data-testid="method-panel">
      <MethodHead
        definition={definition}
        methods={selectorRegistry}
        presetId={presetId}
        changed={changed.size}
        onMethod={choose}
        onPreset={(preset) => apply({ presetId: preset, parameters: completeValues(definition, preset) })}
      />
      <ParameterGroups key={definition.id} groups={groups} changed={changed} />
    </section>
  )
}

interface ParameterGroupsProps {
  groups: ReturnType<typeof groupParameters>
  /** Names of the parameters that differ from the preset's values. */
  changed: ReadonlySet<string>
}

/** The parameters under their headings. A group opens when something in it changes from outside: by a link or a lesson. */
function ParameterGroups({ groups, changed }: ParameterGroupsProps) {
  const { parameters, executeSteps, seed, engine } = useMethodStore()
  const { apply, setParameter } = useMethodStore.getState()
  const touched = groups.filter((group) => group.parameters.some(({ name }) => changed.has(name)))
  const titles = touched.map(({ title }) => title)
  const [known, setKnown] = useState<readonly string[]>(titles)
  const [open, setOpen] = useState(() => [...groups.slice(0, 2).map(({ title }) => title), ...titles])
  if (titles.join() !== known.join()) {
    setKnown(titles)
    setOpen([...open, ...titles.filter((title) => !known.includes(title) && !open.includes(title))])
  }
  return (
    <Accordion.Root type="multiple" value={open} onValueChange={setOpen} className={styles.groups}>
      {groups.map((group) => {
        const count = group.parameters.filter(({ name }) => changed.has(name)).length
        return (
          <Group key={group.title} value={group.title} title={group.title} changed={count}>
            {group.parameters.map((description) => (
              <ParameterControl
                key={description.name}
                description={description}
                value={parameters[description.name]}
                changed={changed.has(description.name)}
                onChange={setParameter}
              />
            ))}
          </Group>
        )
      })}
      <Group value="run" title="Run">
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
      </Group>
    </Accordion.Root>
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
