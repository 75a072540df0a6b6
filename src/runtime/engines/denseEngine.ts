import type { PolicyEngine, QueryOptions, QueryResult } from '../../core/policy/engine.ts'
import { tokenRange } from '../../core/pruning/sets.ts'
import type { Manifest } from '../../core/schema/manifest.ts'
import type { Observation } from '../../core/schema/observation.ts'
import { visualTokenCount } from '../../core/tokens/layout.ts'
import type { OrtApi } from '../ort.ts'
import type { ChunkGraph } from './chunkGraph.ts'
import { ObservationInputs } from './observationInputs.ts'
import { StageClock } from './stageClock.ts'

/** The honest baseline: the whole policy as one graph, without anything that only pruning needs. */
export class DenseEngine implements PolicyEngine {
  readonly kind = 'dense'
  readonly #inputs: ObservationInputs
  readonly #graph: ChunkGraph
  readonly #visual: Int32Array
  readonly #layers: number

  constructor(ort: OrtApi, manifest: Manifest, graph: ChunkGraph) {
    this.#inputs = new ObservationInputs(ort, manifest)
    this.#graph = graph
    this.#visual = tokenRange(0, visualTokenCount(manifest.layout))
    this.#layers = manifest.model.layers
  }

  /** Ignores the selector: nothing is ever removed here. The whole forward is booked on the stage `layers`. */
  async query(observation: Observation, { signal }: QueryOptions = {}): Promise<QueryResult> {
    signal?.throwIfAborted()
    const clock = new StageClock()
    const inputs = this.#inputs.write(observation)
    clock.lap('observe')
    const chunk = await this.#graph.run(inputs)
    clock.lap('layers')
    const layers = Array.from({ length: this.#layers }, (_, i) => ({ layer: i + 1, visualTokens: this.#visual.length }))
    const { latencyMs, stagesMs } = clock
    return { chunk, layers, scores: [], survivors: this.#visual.slice(), latencyMs, stagesMs }
  }

  async dispose(): Promise<void> {
    await this.#graph.release()
  }
}
