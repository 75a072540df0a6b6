import type { Golden, Manifest } from '../core/schema/manifest.ts'

/** A model with all its files in memory, checked against the manifest's hashes. */
export interface ModelFiles {
  manifest: Manifest
  golden: Golden
  weights: Uint8Array
  graphs: {
    dense: Uint8Array
    embed: Uint8Array
    /** layers[i] runs layer i + 1. */
    layers: readonly Uint8Array[]
    head: Uint8Array
    /** Models that were exported before it existed have none. */
    fused?: Uint8Array
    /** reuse[i] runs layer i + 1 with cached keys and values. */
    reuse?: readonly Uint8Array[]
  }
}
