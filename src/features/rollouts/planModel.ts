import { describeParameters, formatParameterText } from '../../core/pruning/parameters.ts'
import type { ParameterValue } from '../../core/pruning/parameters.ts'
import {
  findSelector,
  formatMethod,
  parseMethod,
  resolveParameters,
  selectorRegistry,
} from '../../core/pruning/registry.ts'
import type { MethodSettings } from '../../stores/methodStore.ts'
import type { RolloutDraft } from '../../stores/rolloutStore.ts'
import type { RolloutPlan, RolloutSetting } from '../../stores/rolloutStoreRun.ts'

/** Value of the choice that stands for the settings in the method panel. */
export const PANEL = 'panel'

/** Episodes beyond which a page is the wrong place. */
export const MAX_EPISODES = 1000

/** A method that a comparison can hold. */
export interface MethodChoice {
  /** As the command line writes it, or {@link PANEL}. */
  value: string
  title: string
}

/** What can be compared: the panel's settings, then every method with every preset. */
export function methodChoices(panel: MethodSettings): MethodChoice[] {
  const registered = selectorRegistry.flatMap(({ id, title, presets }) => {
    if (presets.length === 0) return [{ value: id, title }]
    return presets.map((preset) => ({
      value: formatMethod({ id, preset: preset.id, values: {} }),
      title: `${title}, ${preset.title}`,
    }))
  })
  return [{ value: PANEL, title: `Panel: ${panelTitle(panel)}` }, ...registered]
}

/** The panel's settings in a few words, with what differs from their preset. */
export function panelTitle({ methodId, presetId, parameters }: MethodSettings): string {
  const definition = findSelector(methodId)
  const base = resolveParameters(definition, presetId) as Record<string, ParameterValue>
  const changed = describeParameters(definition.parameters)
    .filter(({ name }) => name in parameters)
    .filter(({ name }) => formatParameterText(base[name]) !== formatParameterText(parameters[name]))
    .map(({ name }) => `${name}=${formatParameterText(parameters[name])}`)
  const preset = definition.presets.find(({ id }) => id === presetId)?.title
  return [definition.title, ...(preset === undefined ? [] : [preset]), ...changed].join(', ')
}

/** A plan, or what is wrong with the form. */
export type PlanResult = { status: 'ready'; plan: RolloutPlan; episodes: number } | { status: 'wrong'; problem: string }

/** Reads the form. The panel's settings are taken as they stand now. */
export function planOf(draft: RolloutDraft, panel: MethodSettings): PlanResult {
  const { suite, firstSeed, seedCount, methods, horizonSteps } = draft
  const wrong = (problem: string): PlanResult => ({ status: 'wrong', problem })
  if (methods.length < 1) return wrong('Choose at least one method.')
  if (!isWhole(firstSeed, 0, 99_999_999)) return wrong('The first seed is a whole number from 0 to 99,999,999.')
  const most = Math.floor(MAX_EPISODES / methods.length)
  if (!isWhole(seedCount, 1, most)) {
    return wrong(`From 1 to ${most} seeds fit here with ${methods.length} methods; the command line plays more.`)
  }
  if (horizonSteps !== undefined && !isWhole(horizonSteps, 1, 2000)) {
    return wrong('Control steps are a whole number from 1 to 2,000.')
  }
  const settings = methods.map((method, i) => settingOf(method, `m${i + 1}`, panel))
  const same = settings.find(({ methodId, parameters }, i) =>
    settings.slice(0, i).some((other) => other.methodId === methodId && sameValues(other.parameters, parameters)),
  )
  if (same) return wrong(`${same.title} stands in the list twice.`)
  const { executeSteps, seed: methodSeed } = panel
  const plan = { suite, firstSeed, seedCount, settings, executeSteps, methodSeed, horizonSteps }
  return { status: 'ready', plan, episodes: seedCount * methods.length }
}

function settingOf(method: string, id: string, panel: MethodSettings): RolloutSetting {
  if (method === PANEL) {
    const { methodId, presetId, parameters } = panel
    return { id, title: panelTitle(panel), methodId, presetId, parameters }
  }
  const { id: methodId, preset: presetId, values } = parseMethod(method)
  const definition = findSelector(methodId)
  const parameters = resolveParameters(definition, presetId, values) as Record<string, ParameterValue>
  return { id, title: panelTitle({ ...panel, methodId, presetId, parameters }), methodId, presetId, parameters }
}

function sameValues(a: Readonly<Record<string, ParameterValue>>, b: Readonly<Record<string, ParameterValue>>): boolean {
  const names = Object.keys(a)
  return (
    names.length === Object.keys(b).length &&
    names.every((name) => name in b && formatParameterText(a[name]) === formatParameterText(b[name]))
  )
}

function isWhole(value: number, low: number, high: number): boolean {
  return Number.isInteger(value) && value >= low && value <= high
}
