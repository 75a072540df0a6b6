import type { TokenSet } from '../../core/pruning/sets.ts'
import type { OrtTensor } from '../ort.ts'
import { DecisionError } from './survivors.ts'

/** Keys and values of one layer. */
interface LayerRows {
  /** Row of a visual token by its id, -1 where it has none. */
  rowOf: Int32Array
  key: OrtTensor
  value: OrtTensor
}

/** Keys and values that the layers of one query computed or took over, for the next query of the same episode. */
export class KeyValueCache {
  readonly #layers: LayerRows[] = []
  readonly #visualTokens: number
  #everywhere: TokenSet | undefined

  constructor(visualTokens: number) {
    this.#visualTokens = visualTokens
  }

  /** Adds the next layer. Its first rows are those of `reused`, then those of `ids`. */
  add(reused: TokenSet, ids: TokenSet, key: OrtTensor, value: OrtTensor): void {
    const rowOf = new Int32Array(this.#visualTokens).fill(-1)
    reused.forEach((id, row) => (rowOf[id] = row))
    ids.forEach((id, row) => (rowOf[id] = reused.length + row))
    this.#layers.push({ rowOf, key, value })
  }

  /** The tokens that every layer has, ascending. */
  get ids(): TokenSet {
    this.#everywhere ??= Int32Array.from({ length: this.#visualTokens }, (_, id) => id).filter((id) =>
      this.#layers.every(({ rowOf }) => rowOf[id] >= 0),
    )
    return this.#everywhere
  }

  /**
   * What a layer's graph needs to take over tokens.
   * @param layer 1-based
   * @throws DecisionError if a token has no keys there
   */
  rowsFor(layer: number, ids: TokenSet): { rows: Int32Array; key: OrtTensor; value: OrtTensor } {
    const found = this.#layers.at(layer - 1)
    const rows = ids.map((id) => found?.rowOf[id] ?? -1)
    const missing = rows.indexOf(-1)
    if (!found || missing >= 0) {
      const message = `token ${ids.at(missing)} is reused, but has no keys and values of an earlier query at layer ${layer}.`
      throw new DecisionError(message, layer, ids.at(missing))
    }
    return { rows, key: found.key, value: found.value }
  }

  dispose(): void {
    for (const { key, value } of this.#layers) {
      key.dispose()
      value.dispose()
    }
    this.#layers.length = 0
  }
}

/** Episodes whose caches are kept at the same time; the one that was used longest ago goes first. */
const MOST_EPISODES = 4

/** The caches of the episodes that are under way, by the lineage of their sessions. */
export class EpisodeCaches {
  readonly #caches = new Map<object, KeyValueCache>()

  of(lineage: object | undefined): KeyValueCache | undefined {
    return lineage && this.#caches.get(lineage)
  }

  /** Keeps a query's cache in place of the one before it. */
  replace(lineage: object | undefined, cache: KeyValueCache): void {
    if (!lineage) return cache.dispose()
    this.#caches.get(lineage)?.dispose()
    this.#caches.delete(lineage)
    this.#caches.set(lineage, cache)
    for (const [oldest, entry] of this.#caches) {
      if (this.#caches.size <= MOST_EPISODES) break
      entry.dispose()
      this.#caches.delete(oldest)
    }
  }

  dispose(): void {
    for (const cache of this.#caches.values()) cache.dispose()
    this.#caches.clear()
  }
}
