import { formatParameterText } from '../../core/pruning/parameters.ts'
import type { ParameterValue } from '../../core/pruning/parameters.ts'
import { chosenMethod, panelTitle } from '../../stores/methodChoices.ts'
import type { MethodSettings } from '../../stores/methodStore.ts'
import type { RolloutDraft } from '../../stores/rolloutStore.ts'
import type { RolloutPlan, RolloutSetting } from '../../stores/rolloutStoreRun.ts'

/** Episodes beyond which a page is the wrong place. */
export const MAX_EPISODES = 1000

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
  let settings: RolloutSetting[]
  try {
    settings = methods.map((method, i) => settingOf(method, `m${i + 1}`, panel))
  } catch (error) {
    return wrong(error instanceof Error ? error.message : String(error))
  }
  const same = settings.find(({ methodId, parameters }, i) =>
    settings.slice(0, i).some((other) => other.methodId === methodId && sameValues(other.parameters, parameters)),
  )
  if (same) return wrong(`${same.title} stands in the list twice.`)
  const { executeSteps, seed: methodSeed } = panel
  const plan = { suite, firstSeed, seedCount, settings, executeSteps, methodSeed, horizonSteps }
  return { status: 'ready', plan, episodes: seedCount * methods.length }
}

function settingOf(value: string, id: string, panel: MethodSettings): RolloutSetting {
  const method = chosenMethod(value, panel)
  return { id, title: panelTitle(method), ...method }
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
