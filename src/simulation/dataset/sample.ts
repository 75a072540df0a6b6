import { ACTION_SIZE, VIEW_IDS } from '../../core/schema/observation.ts'
import { CHUNK_STEPS, IMAGE_SIZE, PATCH_GRID } from '../constants.ts'
import type { SimulationEnvironment } from '../environment.ts'
import { PHASES } from '../expert.ts'
import { expertChunk } from '../expert-chunk.ts'
import { PATCHES_PER_VIEW } from '../relevance.ts'
import { observeWithRelevance } from '../rollout.ts'
import type { Goal } from '../tasks.ts'
import { encodeInstruction, INSTRUCTION_WORDS } from '../vocabulary.ts'
import { PROPRIO_SIZE } from '../world.ts'
import type { NpyArray } from './npy.ts'

const IMAGE_BYTES = IMAGE_SIZE * IMAGE_SIZE * 3

/** Shape of one sample in each array of a shard; a shard puts the number of samples in front. */
export const SAMPLE_SHAPES = {
  images: [VIEW_IDS.length, IMAGE_SIZE, IMAGE_SIZE, 3],
  masks: [VIEW_IDS.length, PATCH_GRID, PATCH_GRID],
  tokens: [INSTRUCTION_WORDS],
  proprio: [PROPRIO_SIZE],
  chunk: [CHUNK_STEPS, ACTION_SIZE],
  keyframe: [4],
  grounding: [4],
  phase: [],
} as const satisfies Record<string, readonly number[]>

export type SampleField = keyof typeof SAMPLE_SHAPES

/** One training sample: what was seen, and what the clean expert would do. */
export type Sample = Record<SampleField, NpyArray>

/** Renders and labels the environment's present state for a goal of its task. */
export function takeSample(environment: SimulationEnvironment, goal: Goal): Sample {
  const { task } = environment
  const world = environment.world()
  const { observation, relevance } = observeWithRelevance(environment, goal)
  const { actions, decision } = expertChunk(world, task, goal)
  const images = new Uint8Array(VIEW_IDS.length * IMAGE_BYTES)
  const masks = new Uint8Array(VIEW_IDS.length * PATCHES_PER_VIEW)
  VIEW_IDS.forEach((view, index) => {
    images.set(observation.images[view].data, index * IMAGE_BYTES)
    masks.set(relevance[view], index * PATCHES_PER_VIEW)
  })
  const { waypoint, gripper, phase } = decision
  const target = world.objects[goal.object]
  const destination = task.fixtures[goal.fixture]
  return {
    images,
    masks,
    tokens: encodeInstruction(task.instruction),
    proprio: observation.proprio,
    chunk: actions,
    keyframe: Float32Array.of(waypoint.x, waypoint.y, waypoint.z, gripper === 'open' ? 1 : -1),
    grounding: Float32Array.of(target.x, target.y, destination.x, destination.y),
    phase: Uint8Array.of(PHASES.indexOf(phase)),
  }
}
