import { z } from 'zod'
import { EpisodeError } from '../episodeSource.ts'

/** Version of the LeRobot dataset format that this code writes and reads. */
export const CODEBASE_VERSION = 'v3.0'

/** Fixed paths of a dataset; those of its data files come from `info.json`. */
export const PATHS = {
  info: 'meta/info.json',
  stats: 'meta/stats.json',
  tasks: 'meta/tasks.parquet',
  episodes: 'meta/episodes/chunk-{chunk_index:03d}/file-{file_index:03d}.parquet',
  data: 'data/chunk-{chunk_index:03d}/file-{file_index:03d}.parquet',
  video: 'videos/{video_key}/chunk-{chunk_index:03d}/file-{file_index:03d}.mp4',
} as const

/**
 * Column names. What only the simulator knows stands under `sim.`, not under `observation.`, because LeRobot feeds every
 * `observation.` column to the policies that it trains.
 */
export const COLUMNS = {
  images: { front: 'observation.images.front', wrist: 'observation.images.wrist' },
  state: 'observation.state',
  action: 'action',
  simState: 'sim.state',
  phase: 'sim.phase',
  relevance: { front: 'sim.relevance.front', wrist: 'sim.relevance.wrist' },
  success: 'next.success',
  done: 'next.done',
  timestamp: 'timestamp',
  frameIndex: 'frame_index',
  episodeIndex: 'episode_index',
  index: 'index',
  taskIndex: 'task_index',
} as const

const featureSchema = z.object({
  dtype: z.string(),
  shape: z.array(z.int().nonnegative()),
  names: z.unknown().optional(),
})

/** One column of the dataset as `info.json` declares it. */
export type Feature = z.infer<typeof featureSchema>

const infoSchema = z.object({
  codebase_version: z.string(),
  robot_type: z.string().nullish(),
  total_episodes: z.int().nonnegative(),
  total_frames: z.int().nonnegative(),
  chunks_size: z.int().positive(),
  fps: z.number().positive(),
  data_path: z.string(),
  features: z.record(z.string(), featureSchema),
})

/** The part of `meta/info.json` that reading needs. */
export type DatasetInfo = z.infer<typeof infoSchema>

/**
 * Reads `meta/info.json`.
 * @throws EpisodeError `corrupt`, or `unsupported-version` with the version found.
 */
export function parseInfo(text: string): DatasetInfo {
  const fail = (message: string): never => {
    throw new EpisodeError('corrupt', PATHS.info, message)
  }
  let json: unknown
  try {
    json = JSON.parse(text)
  } catch {
    fail('is not JSON. The file may be cut off or be an error page; download the dataset again.')
  }
  const version = z.object({ codebase_version: z.string() }).safeParse(json)
  if (!version.success) fail('has no codebase_version, so this is not a LeRobot dataset.')
  else refuseOtherVersions(version.data.codebase_version, json)
  const info = infoSchema.safeParse(json)
  if (info.success) return info.data
  const issue = info.error.issues[0]
  return fail(`${issue.path.join('.')}: ${issue.message}.`)
}

function refuseOtherVersions(version: string, json: unknown): void {
  const refuse = (message: string): never => {
    throw new EpisodeError('unsupported-version', PATHS.info, message)
  }
  if (version.startsWith('v2.')) {
    refuse(
      `the dataset has format ${version}; ${CODEBASE_VERSION} can be opened. ` +
        `Convert it with LeRobot's convert_dataset_v21_to_v30 script.`,
    )
  }
  if (version !== CODEBASE_VERSION) {
    refuse(`the dataset has format ${version}; only ${CODEBASE_VERSION} can be opened.`)
  }
  const storage = z.object({ storage_format: z.string() }).safeParse(json)
  if (storage.success && storage.data.storage_format !== 'parquet') {
    refuse(`the dataset is stored as "${storage.data.storage_format}"; only parquet can be opened.`)
  }
}

/** Fills a path template such as `data/chunk-{chunk_index:03d}/file.parquet`. */
export function fillTemplate(template: string, values: Record<string, number>): string {
  return template.replace(/\{(\w+)(?::0?(\d+)d)?\}/g, (whole, name: string, width: string | undefined) => {
    const value = values[name]
    if (value === undefined) {
      throw new EpisodeError('corrupt', PATHS.info, `the path template "${template}" has the unknown field ${whole}.`)
    }
    return String(value).padStart(Number(width ?? 0), '0')
  })
}
