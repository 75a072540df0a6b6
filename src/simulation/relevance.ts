import { RELEVANCE } from '../core/schema/observation.ts'
import { IMAGE_SIZE, PATCH_GRID, PATCH_SIZE } from './constants.ts'
import type { GeomOwner } from './model-cache.ts'
import type { Goal } from './tasks.ts'

export { RELEVANCE }

/** Pixels of a thing that make a patch show it. */
export const MIN_PIXELS = 2

/** Patches in one view. */
export const PATCHES_PER_VIEW = PATCH_GRID * PATCH_GRID

/**
 * Relevance bits of each patch of a view, row-major, from the geom that each pixel shows: a bit is set where at least
 * {@link MIN_PIXELS} pixels show such a thing.
 * @param goal the active goal; it decides which object is the target and which fixture the destination.
 */
export function relevanceMask(geomIds: Int32Array, owners: readonly GeomOwner[], goal: Goal): Uint8Array {
  const bits = owners.map((owner) => relevanceOf(owner, goal))
  const counts = new Uint8Array(4)
  const mask = new Uint8Array(PATCHES_PER_VIEW)
  for (let patch = 0; patch < PATCHES_PER_VIEW; patch++) {
    counts.fill(0)
    const firstX = (patch % PATCH_GRID) * PATCH_SIZE
    const firstY = Math.floor(patch / PATCH_GRID) * PATCH_SIZE
    for (let y = firstY; y < firstY + PATCH_SIZE; y++) {
      for (let x = firstX; x < firstX + PATCH_SIZE; x++) {
        const geom = geomIds[y * IMAGE_SIZE + x]
        const bit = geom < 0 ? 0 : bits[geom]
        if (bit > 0) counts[31 - Math.clz32(bit)]++
      }
    }
    for (let b = 0; b < 4; b++) if (counts[b] >= MIN_PIXELS) mask[patch] |= 1 << b
  }
  return mask
}

function relevanceOf(owner: GeomOwner, goal: Goal): number {
  switch (owner.kind) {
    case 'object':
      return owner.index === goal.object ? RELEVANCE.target : RELEVANCE.distractor
    case 'fixture':
      return owner.index === goal.fixture ? RELEVANCE.destination : 0
    case 'finger':
      return RELEVANCE.gripper
    default:
      return 0
  }
}
