import { ACTION_SIZE, VIEW_IDS } from '../../core/schema/observation.ts'
import { CHUNK_STEPS, IMAGE_SIZE, PATCH_GRID } from '../constants.ts'
import type { SimulationEnvironment } from '../environment.ts'
import { PHASES } from '../expert.ts'
import { expertChunk } from '../expert-chunk.ts'
import { PATCHES_PER_VIEW } from '../relevance.ts'
import { observeWithRelevance } from '../rollout.ts'
import { placementOf } from '../placement.ts'
import { type Goal, type Role, type TaskDefinition, taskNumber } from '../tasks.ts'
import type { Language } from '../../core/tokens/instruction.ts'
import { encodeInstruction, FULL_LANGUAGE, OBJECT_LANGUAGE } from '../vocabulary.ts'
import { PROPRIO_SIZE, type WorldState } from '../world.ts'
import type { NpyArray } from './npy.ts'

const IMAGE_BYTES = IMAGE_SIZE * IMAGE_SIZE * 3

/**
 * What a sample holds. `object` is what suite "object" in its plain wording has always had; `full` has longer
 * instructions, landmarks, and says where in the instruction things are named.
 */
export type SampleFormat = 'object' | 'full'

/** The language of the samples of a format. */
export const FORMAT_LANGUAGE: Record<SampleFormat, Language> = { object: OBJECT_LANGUAGE, full: FULL_LANGUAGE }

/** Bits of a sample's flags: what happens in the episode that it comes from. */
export const FLAGS = { switched: 1, mistake: 2 } as const

/** The order of referents in `grounding` and `mentions`. */
const ROLES = ['target', 'destination', 'landmark'] as const satisfies readonly Role[]

/** Stands in `mentions` for a word that is not said. */
export const NOT_SAID = 255

const COMMON_SHAPES = {
  images: [VIEW_IDS.length, IMAGE_SIZE, IMAGE_SIZE, 3],
  masks: [VIEW_IDS.length, PATCH_GRID, PATCH_GRID],
  tokens: [OBJECT_LANGUAGE.slots],
  proprio: [PROPRIO_SIZE],
  chunk: [CHUNK_STEPS, ACTION_SIZE],
  keyframe: [4],
  grounding: [4],
  phase: [],
} as const satisfies Record<string, readonly number[]>

/** Shape of one sample in each array of a shard; a shard puts the number of samples in front. */
export const SAMPLE_SHAPES = {
  object: COMMON_SHAPES,
  full: {
    ...COMMON_SHAPES,
    tokens: [FULL_LANGUAGE.slots],
    grounding: [2 * ROLES.length],
    mentions: [ROLES.length, 2],
    task: [],
    goal: [],
    flags: [],
  },
} as const satisfies Record<SampleFormat, Record<string, readonly number[]>>

export type SampleField = keyof (typeof SAMPLE_SHAPES)['full']

/** One training sample: what was seen, and what the clean expert would do. */
export type Sample = Partial<Record<SampleField, NpyArray>>

/** Renders and labels the environment's present state for a goal of its task. */
export function takeSample(
  environment: SimulationEnvironment,
  goal: Goal,
  { format = 'object', flags = 0 }: { format?: SampleFormat; flags?: number } = {},
): Sample {
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
  const common = {
    images,
    masks,
    tokens: encodeInstruction(task.instruction, FORMAT_LANGUAGE[format]),
    proprio: observation.proprio,
    chunk: actions,
    keyframe: Float32Array.of(waypoint.x, waypoint.y, waypoint.z, gripper === 'open' ? 1 : -1),
    grounding: Float32Array.from(places(world, task, goal).slice(0, SAMPLE_SHAPES[format].grounding[0])),
    phase: Uint8Array.of(PHASES.indexOf(phase)),
  }
  if (format === 'object') return common
  const goalIndex = task.goals.indexOf(goal)
  return {
    ...common,
    mentions: Uint8Array.from(mentionedAt(task, goalIndex)),
    task: Uint8Array.of(taskNumber(task)),
    goal: Uint8Array.of(goalIndex),
    flags: Uint8Array.of(flags),
  }
}

/** x and y of target, destination and landmark, m; NaN where there is no landmark. */
function places(world: WorldState, task: TaskDefinition, goal: Goal): number[] {
  const target = world.objects[goal.object]
  const destination = placementOf(world, task, goal)
  const { landmark } = goal
  const mark =
    landmark === undefined
      ? { x: NaN, y: NaN }
      : landmark.kind === 'object'
        ? world.objects[landmark.index]
        : task.fixtures[landmark.index]
  return [target.x, target.y, destination.x, destination.y, mark.x, mark.y]
}

/** Which words of the instruction are colour and noun of target, destination and landmark. */
function mentionedAt(task: TaskDefinition, goalIndex: number): number[] {
  return ROLES.flatMap((role) => {
    const mention = task.mentions.find((each) => each.goal === goalIndex && each.role === role)
    return [mention?.colourWord ?? NOT_SAID, mention?.nounWord ?? NOT_SAID]
  })
}
