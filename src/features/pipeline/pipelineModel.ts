import { tokenBudget } from '../../core/metrics/tokenLayers.ts'
import type { DecodedQuery } from '../../core/tokens/decodedQuery.ts'
import { tokenSetStyle } from '../../ui/tokenSets.ts'

/** One number of the pipeline line. Its id is what the overlay paints when it is picked. */
export interface PipelineStage {
  id: string
  label: string
  /** For screen readers and the hint. */
  description: string
  count: number
  /** CSS variable; undefined: no colour of its own. */
  color?: string
}

/** A step of the line: sets that are united, or one stage. */
export interface PipelineStep {
  /** Joined by union signs; empty where a decision has no sets of its own. */
  sets: readonly PipelineStage[]
  stage: PipelineStage
}

export interface PipelineModel {
  all: PipelineStage
  steps: readonly PipelineStep[]
  /** Why there are no steps, if there are none. */
  remark: string | undefined
  /** Visual tokens averaged over the layers, as a share of all. */
  budget: number
}

/** The method as a line of numbers: all tokens, the sets of each decision, what is left. */
export function describePipeline(query: DecodedQuery): PipelineModel {
  const { visualTokens, decisions, record } = query
  const steps = decisions.map(({ layer, keep, sets }): PipelineStep => {
    const where = layer === 0 ? 'before layer 1' : `after layer ${layer}`
    const stage = {
      id: String(layer),
      label: layer === 0 ? 'start' : `L${layer}`,
      description: `${keep.length} of ${visualTokens} visual tokens go on ${where}`,
      count: keep.length,
    }
    // One set that is the whole decision would say the same number twice.
    const named = sets.length > 1 ? sets : []
    return {
      stage: { ...stage, color: sets.length === 1 ? tokenSetStyle(sets[0].name).color : undefined },
      sets: named.map(({ name, ids }) => {
        const { short, title, color } = tokenSetStyle(name)
        const description = `${title}, ${where}: ${ids.length} tokens`
        return { id: `${layer}:${name}`, label: short, description, count: ids.length, color }
      }),
    }
  })
  return {
    all: { id: 'all', label: 'all', description: `All ${visualTokens} visual tokens`, count: visualTokens },
    steps,
    remark: steps.length > 0 ? undefined : remarkFor(query),
    budget: tokenBudget(record.tokensPerLayer, visualTokens),
  }
}

function remarkFor({ record }: DecodedQuery): string {
  if (record.repeated) return 'policy not run: earlier actions repeated'
  return record.notes.warmUp ? 'keeps all: no earlier query to inherit from yet' : 'keeps all'
}
