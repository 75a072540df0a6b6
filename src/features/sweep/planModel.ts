import { describeParameters } from '../../core/pruning/parameters.ts'
import { findSelector, resolveParameters } from '../../core/pruning/registry.ts'
import { countCells, MAX_CELLS, parseValues, suggestValues } from '../../core/sweep/grid.ts'
import type { NumberDescription, SweepAxis } from '../../core/sweep/grid.ts'
import { chosenMethod, panelTitle } from '../../stores/methodChoices.ts'
import type { MethodSettings } from '../../stores/methodStore.ts'
import type { AxisDraft, SweepDraft, SweepRequest } from '../../stores/sweepStore.ts'

/** A grid, or what is wrong with the form. */
export type RequestResult =
  { status: 'ready'; request: SweepRequest; cells: number } | { status: 'wrong'; problem: string }

/** The numbers of a choice's method that can be swept, each with its value there as default; none for a choice that this page does not have. */
export function sweepable(method: string, panel: MethodSettings): NumberDescription[] {
  try {
    const { methodId, parameters } = chosenMethod(method, panel)
    return describeParameters(findSelector(methodId).parameters).flatMap((each) => {
      if (each.kind !== 'number') return []
      const value = parameters[each.name]
      return [{ ...each, default: typeof value === 'number' ? value : each.default }]
    })
  } catch {
    return []
  }
}

/** The first axis: as it stands in the form, or the method's first number with suggested values. */
export function firstAxis({ first }: SweepDraft, parameters: readonly NumberDescription[]): AxisDraft {
  if (first && parameters.some(({ name }) => name === first.name)) return first
  return suggestedAxis(parameters, parameters.at(0)?.name ?? '')
}

/** A parameter with values to begin with; no axis for a name that the method does not have. */
export function suggestedAxis(parameters: readonly NumberDescription[], name: string): AxisDraft {
  const description = parameters.find((each) => each.name === name)
  return description ? { name, values: suggestValues(description) } : { name: '', values: '' }
}

/** Reads the form. The panel's settings are taken as they stand now. */
export function requestOf(draft: SweepDraft, panel: MethodSettings): RequestResult {
  try {
    const { methodId, presetId, parameters } = chosenMethod(draft.method, panel)
    const numbers = sweepable(draft.method, panel)
    if (numbers.length === 0) throw new Error('This method has no number to sweep. Choose another one.')
    const first = firstAxis(draft, numbers)
    const second = numbers.some(({ name }) => name === draft.second.name) ? [draft.second] : []
    if (second.at(0)?.name === first.name) throw new Error('Both axes are the same parameter. Choose another one.')
    const axes = [first, ...second].map((axis) => readAxis(axis, numbers))
    const cells = countCells(axes)
    if (cells > MAX_CELLS) {
      throw new Error(`${cells} cells are too many for a page: at most ${MAX_CELLS} fit. Take fewer values.`)
    }
    // The method's own checks of the values, before anything starts.
    const definition = findSelector(methodId)
    const title = panelTitle({ methodId, presetId, parameters })
    resolveParameters(definition, presetId, parameters)
    const method = { id: methodId, ...(presetId === undefined ? {} : { preset: presetId }), title }
    return { status: 'ready', request: { method: { ...method, parameters: { ...parameters } }, axes }, cells }
  } catch (error) {
    return { status: 'wrong', problem: error instanceof Error ? error.message : String(error) }
  }
}

function readAxis(
  { name, values }: AxisDraft,
  parameters: readonly NumberDescription[],
): SweepAxis & { values: number[] } {
  const description = parameters.find((each) => each.name === name)
  if (!description) throw new Error(`The method has no number "${name}".`)
  return { name, title: description.title, values: parseValues(description, values) }
}
