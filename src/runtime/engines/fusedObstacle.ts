import type { SelectorSession } from '../../core/pruning/contract.ts'
import type { FusedLayers } from '../../core/schema/manifest.ts'
import { removalLayers } from './fusedInputs.ts'

/**
 * Why a method's next query cannot run in a fused graph, in a sentence.
 * @param session after `beforeQuery`
 * @returns undefined if it can
 */
export function fusedObstacle(graph: FusedLayers, session: SelectorSession): string | undefined {
  const request = session.fused?.()
  if (!request) {
    return 'the method cannot run inside the graph: it needs SpecPrune with at least one set and a fixed count (staticCount).'
  }
  const { plan } = session
  if (plan.hiddenLayers?.length) return 'the method reads hidden states, which the fused graph does not give out.'
  if (request.removals.at(0)?.layer !== graph.staticLayer) {
    return `the fused graph first removes tokens after layer ${graph.staticLayer}, the method after layer ${request.removals.at(0)?.layer}.`
  }
  const lastRemoval = request.removals.at(-1)?.layer ?? 0
  const averaged = graph.averageLayers.filter((layer) => layer <= lastRemoval)
  if (request.removals.length > 1 && averaged.join() !== request.average.layers.join()) {
    return `the method averages the scores of layers ${request.average.layers.join(', ')}; the fused graph those of ${averaged.join(', ')}.`
  }
  const scored = request.rows === 'text' ? plan.textLayers : plan.actionLayers
  const others = request.rows === 'text' ? plan.actionLayers : plan.textLayers
  if (others.length > 0) return 'the method reads text and action scores, the fused graph gives out only one kind.'
  return (
    missing('looks at', scored, graph.scoreLayers) ??
    missing(
      'takes its local sets from',
      request.local.map(({ layer }) => layer),
      graph.localLayers,
    ) ??
    missing(
      'removes tokens after',
      [...plan.decisionLayers, ...request.removals.map(({ layer }) => layer)],
      removalLayers(graph),
    )
  )
}

function missing(what: string, wanted: readonly number[], there: readonly number[]): string | undefined {
  const absent = wanted.filter((layer) => !there.includes(layer))
  if (absent.length === 0) return undefined
  return `the method ${what} layer ${absent.join(', ')}; the fused graph has ${there.join(', ')} there.`
}
