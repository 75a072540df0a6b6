import { describe, expect, it } from 'vitest'
import { IMAGE_SIZE, PATCH_GRID } from './constants.ts'
import type { GeomOwner } from './model-cache.ts'
import { RELEVANCE, relevanceMask } from './relevance.ts'

const OWNERS: GeomOwner[] = [
  { kind: 'table' },
  { kind: 'object', index: 0, shape: 'cube' },
  { kind: 'object', index: 1, shape: 'brick' },
  { kind: 'fixture', index: 0, fixture: 'tray' },
  { kind: 'finger' },
]

describe('relevanceMask', () => {
  it('needs two pixels, knows the roles and ignores the background', () => {
    const geoms = new Int32Array(IMAGE_SIZE * IMAGE_SIZE).fill(-1)
    geoms[0] = 1
    geoms[8] = 1
    geoms[9] = 1
    geoms.set([2, 2, 3, 3, 4, 4, 0, 0], 16)
    const mask = relevanceMask(geoms, OWNERS, { object: 0, fixture: 0 })
    expect(Array.from(mask.subarray(0, 3))).toEqual([
      0,
      RELEVANCE.target,
      RELEVANCE.distractor | RELEVANCE.destination | RELEVANCE.gripper,
    ])
    expect(mask.subarray(3).every((bits) => bits === 0)).toBe(true)
  })

  it('puts a pixel in the patch of its row and column', () => {
    const geoms = new Int32Array(IMAGE_SIZE * IMAGE_SIZE)
    geoms.fill(4, 127 * IMAGE_SIZE + 126, 127 * IMAGE_SIZE + 128)
    const mask = relevanceMask(geoms, OWNERS, { object: 0, fixture: 0 })
    expect(mask.indexOf(RELEVANCE.gripper)).toBe(PATCH_GRID * PATCH_GRID - 1)
  })
})
