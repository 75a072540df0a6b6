import { PHASES } from '../expert.ts'
import { type SuiteId, TASK_NAMES, type Wording } from '../tasks.ts'
import { PROPRIO_FIELDS, type ProprioField } from '../world.ts'
import type { NpyArray } from './npy.ts'
import { FORMAT_LANGUAGE, type Sample, SAMPLE_SHAPES, type SampleField, type SampleFormat } from './sample.ts'

/** Kinds of data: posed scenes, frames of the expert's episodes, or frames that a policy came to by itself. */
export const DATA_KINDS = ['static', 'trajectories', 'visited'] as const
export type DataKind = (typeof DATA_KINDS)[number]

/** What `meta.json` of a shard says. */
export interface ShardMeta {
  schema: 1
  suite: SuiteId
  kind: DataKind
  /** Samples. */
  count: number
  /** First and last seed, inclusive. */
  seeds: [first: number, last: number]
  /** Episodes kept of those tried; equal to the samples' number for static scenes. */
  kept: number
  proprioFields: readonly ProprioField[]
  vocabulary: readonly string[]
  /** Phase names; the numbers in `phase.npy` are indices. */
  phases: readonly string[]
  /** Only in the full format: words in an instruction, names of the numbers in `task.npy`, and how things are said. */
  wordSlots?: number
  tasks?: readonly string[]
  wording?: Wording
  /** The only tasks of the seeds that were made, where not all were. */
  onlyTasks?: readonly string[]
}

/** One array of a shard, ready to be written as `<field>.npy`. */
export interface ShardArray {
  field: SampleField
  array: NpyArray
  shape: readonly number[]
}

/** Stacks samples into one array per field, the number of samples in front. */
export function stackSamples(samples: readonly Sample[], format: SampleFormat = 'object'): ShardArray[] {
  return Object.entries(SAMPLE_SHAPES[format]).map(([name, shape]) => {
    const field = name as SampleField
    return { field, array: stack(samples.map((sample) => fieldOf(sample, field))), shape: [samples.length, ...shape] }
  })
}

function fieldOf(sample: Sample, field: SampleField): NpyArray {
  const value = sample[field]
  if (value === undefined) throw new Error(`A sample lacks "${field}".`)
  return value
}

function stack(parts: readonly NpyArray[]): NpyArray {
  const [first] = parts
  const total = parts.reduce((sum, part) => sum + part.length, 0)
  const whole =
    first instanceof Uint8Array
      ? new Uint8Array(total)
      : first instanceof Int32Array
        ? new Int32Array(total)
        : new Float32Array(total)
  let offset = 0
  for (const part of parts) {
    whole.set(part, offset)
    offset += part.length
  }
  return whole
}

/** The meta file of a shard. */
export function shardMeta(
  meta: Pick<ShardMeta, 'suite' | 'kind' | 'count' | 'seeds' | 'kept' | 'onlyTasks'>,
  { format, wording }: { format: SampleFormat; wording: Wording },
): ShardMeta {
  const { slots, vocabulary } = FORMAT_LANGUAGE[format]
  return {
    schema: 1,
    ...meta,
    proprioFields: PROPRIO_FIELDS,
    vocabulary,
    phases: PHASES,
    ...(format === 'full' && { wordSlots: slots, tasks: TASK_NAMES, wording }),
  }
}
