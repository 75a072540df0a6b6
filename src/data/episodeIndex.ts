import { z } from 'zod'

/** Version of the index format that this code writes and reads. */
export const EPISODE_INDEX_VERSION = 1

const sha256 = z.string().regex(/^[0-9a-f]{64}$/, '64 hexadecimal digits')
const relativePath = z
  .string()
  .regex(/^[A-Za-z0-9_-][A-Za-z0-9._-]*(\/[A-Za-z0-9_-][A-Za-z0-9._-]*)*$/, 'a path inside the dataset')

const fileSchema = z.object({ path: relativePath, bytes: z.int().positive(), sha256 })

const episodeSchema = z.object({
  index: z.int().nonnegative(),
  title: z.string().min(1),
  instruction: z.string().min(1),
  /** Seed of the simulated task. */
  seed: z.int().nonnegative(),
  frames: z.int().positive(),
  success: z.boolean(),
  /** What is special about the episode, for example `recovered mistake: missed grasp`. */
  notes: z.array(z.string()),
  /** The data file. */
  file: fileSchema,
  /** PNG of the first frame, front view. */
  thumbnail: relativePath,
})

/** One episode as the list on the page shows it. */
export type EpisodeListing = z.infer<typeof episodeSchema>

/** `index.json` beside a dataset: everything that the list of episodes needs, in one small request. */
export const episodeIndexSchema = z.object({
  version: z.literal(EPISODE_INDEX_VERSION),
  /** Folder name of the dataset. */
  dataset: z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._-]*$/, 'a plain folder name'),
  title: z.string().min(1),
  suite: z.string().min(1),
  format: z.string(),
  /** Frames per second. */
  fps: z.number().positive(),
  imageSize: z.int().positive(),
  /** Hash over the paths and hashes of all files of the dataset: its identity in links and run records. */
  sha256,
  /** Names of the numbers in the column `sim.phase`. */
  phases: z.array(z.string()),
  /** Names of the bits in the relevance columns, lowest bit first. */
  relevanceBits: z.array(z.string()),
  /** Metadata files of the dataset. */
  files: z.array(fileSchema),
  episodes: z.array(episodeSchema).min(1),
})

export type EpisodeIndex = z.infer<typeof episodeIndexSchema>

/**
 * Reads an episode index from parsed JSON.
 * @throws an Error that names the first field that is wrong, or the version if it is newer than this code.
 */
export function parseEpisodeIndex(json: unknown): EpisodeIndex {
  const version = z.object({ version: z.number() }).safeParse(json)
  if (version.success && version.data.version > EPISODE_INDEX_VERSION) {
    throw new Error(
      `This episode index has format version ${version.data.version}; this page reads up to ${EPISODE_INDEX_VERSION}. Reload the page to update it.`,
    )
  }
  const result = episodeIndexSchema.safeParse(json)
  if (result.success) return result.data
  const issue = result.error.issues[0]
  throw new Error(`Not an episode index: ${issue.path.join('.') || 'the file'}: ${issue.message}.`)
}

/**
 * The text whose SHA-256 identifies a dataset: a line `hash path` for every file, sorted by path.
 */
export function datasetIdentityText(files: readonly { path: string; sha256: string }[]): string {
  const lines = files.map(({ path, sha256: hash }) => ({ path, line: `${hash} ${path}\n` }))
  lines.sort((a, b) => (a.path < b.path ? -1 : 1))
  return lines.map(({ line }) => line).join('')
}
