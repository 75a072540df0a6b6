import { describe, expect, it } from 'vitest'
import { IMAGE_SIZE, PATCH_GRID } from './constants.ts'
import type { GeomOwner } from './model-cache.ts'
import { RELEVANCE, relevanceMask } from './relevance.ts'
import type { Goal } from './tasks.ts'

const OWNERS: GeomOwner[] = [
  { kind: 'table' },
  { kind: 'object', index: 0, shape: 'cube' },
  { kind: 'object', index: 1, shape: 'brick' },
  { kind: 'fixture', index: 0, fixture: 'tray' },
  { kind: 'finger' },
]

const GOAL: Goal = { object: 0, destination: { kind: 'fixture', index: 0 }, manner: 'place' }

describe('relevanceMask', () => {
  it('needs two pixels, knows the roles and ignores the background', () => {
    const geoms = new Int32Array(IMAGE_SIZE * IMAGE_SIZE).fill(-1)
    geoms[0] = 1
    geoms[8] = 1
    geoms[9] = 1
    geoms.set([2, 2, 3, 3, 4, 4, 0, 0], 16)
    const mask = relevanceMask(geoms, OWNERS, GOAL)
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
    const mask = relevanceMask(geoms, OWNERS, GOAL)
    expect(mask.indexOf(RELEVANCE.gripper)).toBe(PATCH_GRID * PATCH_GRID - 1)
  })

  it('marks a landmark instead of a distractor, and every role of a thing that has several', () => {
    const geoms = new Int32Array(IMAGE_SIZE * IMAGE_SIZE).fill(-1)
    geoms.set([2, 2], 0)
    geoms.set([3, 3], 8)
    const first = (goal: Goal) => Array.from(relevanceMask(geoms, OWNERS, goal).subarray(0, 2))
    expect(first({ ...GOAL, landmark: { kind: 'object', index: 1 } })).toEqual([
      RELEVANCE.landmark,
      RELEVANCE.destination,
    ])
    expect(first({ ...GOAL, landmark: { kind: 'fixture', index: 0 } })).toEqual([
      RELEVANCE.distractor,
      RELEVANCE.destination | RELEVANCE.landmark,
    ])
    expect(first({ ...GOAL, destination: { kind: 'object', index: 1 } })).toEqual([RELEVANCE.destination, 0])
  })
})
