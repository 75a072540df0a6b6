import { ACTION_SIZE, VIEW_IDS, type ViewId } from '../../core/schema/observation.ts'
import type { DatasetFiles } from '../datasetFiles.ts'
import {
  type DatasetDescription,
  EpisodeError,
  type EpisodeSource,
  type EpisodeSummary,
  type RecordedEpisode,
} from '../episodeSource.ts'
import { decodePng } from '../png.ts'
import { CODEBASE_VERSION, COLUMNS, type DatasetInfo, fillTemplate, parseInfo, PATHS } from './format.ts'
import {
  hasColumn,
  imageColumn,
  missingColumn,
  numberColumn,
  type ParquetRows,
  readParquet,
  textColumn,
  textListColumn,
} from './parquetTable.ts'

/** Where an episode's rows lie. */
interface EpisodeEntry extends EpisodeSummary {
  dataPath: string
  /** Rows within the data file, half-open. */
  rowStart: number
  rowEnd: number
}

interface OpenDataset {
  info: DatasetInfo
  imageSize: number
  proprioLength: number
  tasks: ReadonlyMap<number, string>
  episodes: readonly EpisodeEntry[]
}

/** Frames decoded between two looks at the abort signal. */
const DECODE_BATCH = 16

/**
 * A LeRobot v3.0 dataset with image columns (lossless PNG in the parquet files). Video columns and other versions are
 * refused with the reason. Works in pages, workers and Node.
 */
export class LeRobotSource implements EpisodeSource {
  readonly name: string
  private readonly files: DatasetFiles
  private dataset: OpenDataset | undefined

  constructor(files: DatasetFiles) {
    this.name = files.name
    this.files = files
  }

  async open(signal?: AbortSignal): Promise<DatasetDescription> {
    // All at once, for every dataset has these files; whether this is one that can be read is the first question answered.
    const first = fillTemplate(PATHS.episodes, { chunk_index: 0, file_index: 0 })
    const [infoFile, tasksFile, episodesFile] = [PATHS.info, PATHS.tasks, first].map((path) => {
      const reading = this.files.read(path, signal)
      reading.catch(() => undefined)
      return reading
    })
    const info = parseInfo(new TextDecoder().decode(await infoFile))
    const imageSize = checkFeatures(info)
    const [tasks, episodes] = await Promise.all([
      readTasks(await tasksFile),
      this.readEpisodeTable(info, episodesFile, signal),
    ])
    const proprioLength = info.features[COLUMNS.state].shape[0]
    this.dataset = { info, imageSize, proprioLength, tasks, episodes }
    return {
      format: `LeRobot ${info.codebase_version}`,
      episodes: episodes.length,
      frames: info.total_frames,
      fps: info.fps,
      robot: info.robot_type ?? 'unknown',
      imageSize,
      proprioNames: flatNames(info.features[COLUMNS.state].names),
    }
  }

  async listEpisodes(): Promise<readonly EpisodeSummary[]> {
    return this.opened().episodes.map(({ index, frames, instructions }) => ({ index, frames, instructions }))
  }

  async readEpisode(index: number, signal?: AbortSignal): Promise<RecordedEpisode> {
    const dataset = this.opened()
    const entry = dataset.episodes.find((episode) => episode.index === index)
    if (entry === undefined) {
      const message = `the dataset "${this.name}" has no episode ${index}; it has ${dataset.episodes.length}.`
      throw new EpisodeError('not-found', PATHS.info, message)
    }
    const buffer = await this.files.read(entry.dataPath, signal)
    const { rowStart, rowEnd } = entry
    const columns = [
      ...Object.values(COLUMNS.images),
      COLUMNS.state,
      COLUMNS.action,
      COLUMNS.episodeIndex,
      COLUMNS.taskIndex,
    ]
    const optional = [COLUMNS.simState, COLUMNS.phase, COLUMNS.success, ...Object.values(COLUMNS.relevance)]
    const table = await readParquet(entry.dataPath, buffer, { columns, optional, rowStart, rowEnd })
    checkEpisodeIndex(table, index)
    return {
      key: `${this.name}/${index}`,
      index,
      frames: entry.frames,
      fps: dataset.info.fps,
      imageSize: dataset.imageSize,
      pixels: await decodeViews(table, dataset.imageSize, signal),
      proprio: numberColumn(table, COLUMNS.state, dataset.proprioLength, (n) => new Float32Array(n)),
      actions: numberColumn(table, COLUMNS.action, ACTION_SIZE, (n) => new Float32Array(n)),
      instruction: oneInstruction(table, dataset.tasks),
      ...optionalColumns(table, dataset.info),
    }
  }

  dispose(): void {
    this.dataset = undefined
  }

  private opened(): OpenDataset {
    if (this.dataset === undefined) throw new Error(`Dataset "${this.name}" is not open: await open() first.`)
    return this.dataset
  }

  private async readEpisodeTable(
    info: DatasetInfo,
    first: Promise<ArrayBuffer>,
    signal?: AbortSignal,
  ): Promise<EpisodeEntry[]> {
    const episodes: EpisodeEntry[] = []
    for (let file = 0; episodes.length < info.total_episodes; file++) {
      const place = { chunk_index: Math.floor(file / info.chunks_size), file_index: file % info.chunks_size }
      const path = fillTemplate(PATHS.episodes, place)
      const buffer = await (file === 0 ? first : this.files.read(path, signal))
      const entries = await readEpisodeFile(path, buffer, info)
      if (entries.length === 0)
        throw new EpisodeError('corrupt', path, 'lists no episodes. Download the dataset again.')
      episodes.push(...entries)
    }
    return withRows(episodes)
  }
}

async function readTasks(buffer: ArrayBuffer): Promise<Map<number, string>> {
  const table = await readParquet(PATHS.tasks, buffer)
  // The text is the index of a pandas frame: its column has whatever name pandas gave it, and rows have any order.
  const names = Object.keys(table.rows[0] ?? {})
  const textName = names.find((name) => typeof table.rows[0][name] === 'string')
  if (textName === undefined) throw missingColumn(PATHS.tasks, 'task', names)
  if (!names.includes(COLUMNS.taskIndex)) throw missingColumn(PATHS.tasks, COLUMNS.taskIndex, names)
  const texts = textColumn(table, textName)
  const indices = numberColumn(table, COLUMNS.taskIndex, 1, (n) => new Int32Array(n))
  return new Map(texts.map((text, i) => [indices[i], text]))
}

async function readEpisodeFile(path: string, buffer: ArrayBuffer, info: DatasetInfo): Promise<EpisodeEntry[]> {
  const columns = {
    index: 'episode_index',
    length: 'length',
    chunk: 'data/chunk_index',
    file: 'data/file_index',
    from: 'dataset_from_index',
  } as const
  const table = await readParquet(path, buffer, { columns: [...Object.values(columns), 'tasks'] })
  const numbers = (column: string) => numberColumn(table, column, 1, (n) => new Int32Array(n))
  const [index, length, chunk, file, from] = Object.values(columns).map(numbers)
  return textListColumn(table, 'tasks').map((instructions, i) => ({
    index: index[i],
    frames: length[i],
    instructions,
    dataPath: fillTemplate(info.data_path, { chunk_index: chunk[i], file_index: file[i] }),
    rowStart: from[i],
    rowEnd: from[i] + length[i],
  }))
}

/** Turns rows of the whole dataset into rows of each data file: a file begins with the first episode that lies in it. */
function withRows(episodes: readonly EpisodeEntry[]): EpisodeEntry[] {
  const fileStarts = new Map<string, number>()
  for (const { dataPath, rowStart } of episodes) {
    fileStarts.set(dataPath, Math.min(rowStart, fileStarts.get(dataPath) ?? Infinity))
  }
  return episodes.map((episode) => {
    const start = fileStarts.get(episode.dataPath) ?? 0
    return { ...episode, rowStart: episode.rowStart - start, rowEnd: episode.rowEnd - start }
  })
}

/** Checks that the declared columns can be read. @returns the side of the images, pixels. @throws EpisodeError */
function checkFeatures(info: DatasetInfo): number {
  const names = Object.keys(info.features)
  const sizes = VIEW_IDS.map((view) => {
    const column = COLUMNS.images[view]
    const feature = info.features[column]
    if (feature === undefined) throw missingColumn(PATHS.info, column, names)
    if (feature.dtype !== 'image') {
      const message = `column "${column}" is stored as ${feature.dtype}. Only image columns can be read: lossy video would change what the policy sees. Convert the dataset to images.`
      throw new EpisodeError('unsupported-feature', PATHS.info, message)
    }
    const [height, width, channels] = feature.shape
    if (feature.shape.length !== 3 || height !== width || channels !== 3) {
      throw new EpisodeError(
        'wrong-shape',
        PATHS.info,
        `column "${column}" is ${feature.shape.join('x')}; a square RGB image (N x N x 3) is needed.`,
      )
    }
    return height
  })
  if (sizes[0] !== sizes[1]) throw new EpisodeError('wrong-shape', PATHS.info, 'the two views have different sizes.')
  for (const [column, length] of [
    [COLUMNS.state, undefined],
    [COLUMNS.action, ACTION_SIZE],
  ] as const) {
    const feature = info.features[column]
    if (feature === undefined) throw missingColumn(PATHS.info, column, names)
    if (feature.shape.length !== 1 || feature.shape[0] !== (length ?? feature.shape[0])) {
      const message = `column "${column}" has the shape [${feature.shape.join(', ')}]; [${length ?? 'N'}] is needed.`
      throw new EpisodeError('wrong-shape', PATHS.info, message)
    }
  }
  return sizes[0]
}

function flatNames(names: unknown): string[] {
  if (Array.isArray(names)) return names.filter((name) => typeof name === 'string')
  // LeRobot also writes { motors: [...] }.
  if (typeof names === 'object' && names !== null) return Object.values(names).flatMap(flatNames)
  return []
}

function checkEpisodeIndex(table: ParquetRows, index: number): void {
  const found = numberColumn(table, COLUMNS.episodeIndex, 1, (n) => new Int32Array(n))
  const wrong = found.find((value) => value !== index)
  if (wrong === undefined) return
  const message = `holds episode ${wrong} where the metadata of the dataset places episode ${index}. Download the dataset again.`
  throw new EpisodeError('corrupt', table.file, message)
}

function oneInstruction(table: ParquetRows, tasks: ReadonlyMap<number, string>): string {
  const [first, ...others] = new Set(numberColumn(table, COLUMNS.taskIndex, 1, (n) => new Int32Array(n)))
  const text = tasks.get(first)
  if (text === undefined)
    throw new EpisodeError('corrupt', PATHS.tasks, `has no task ${first}. Download the dataset again.`)
  if (others.length === 0) return text
  throw new EpisodeError(
    'unsupported-feature',
    table.file,
    'the instruction changes within the episode, which cannot be replayed.',
  )
}

async function decodeViews(
  table: ParquetRows,
  size: number,
  signal?: AbortSignal,
): Promise<Record<ViewId, Uint8Array>> {
  const front = await decodeView(table, COLUMNS.images.front, size, signal)
  return { front, wrist: await decodeView(table, COLUMNS.images.wrist, size, signal) }
}

async function decodeView(table: ParquetRows, column: string, size: number, signal?: AbortSignal): Promise<Uint8Array> {
  const encoded = imageColumn(table, column)
  const frameBytes = size * size * 3
  const pixels = new Uint8Array(encoded.length * frameBytes)
  for (const [frame, bytes] of encoded.entries()) {
    if (frame % DECODE_BATCH === 0) {
      await new Promise((resolve) => setTimeout(resolve, 0))
      signal?.throwIfAborted()
    }
    pixels.set(decodeFrame(table.file, column, frame, bytes, size), frame * frameBytes)
  }
  return pixels
}

function decodeFrame(file: string, column: string, frame: number, bytes: Uint8Array, size: number): Uint8Array {
  let image
  try {
    image = decodePng(bytes)
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    throw new EpisodeError(
      'corrupt',
      file,
      `column "${column}", frame ${frame}: the image ${reason}. Only lossless PNG is read.`,
      { cause: error },
    )
  }
  if (image.width === size && image.height === size) return image.data
  const message = `column "${column}", frame ${frame}: the image is ${image.width}x${image.height}, meta/info.json says ${size}x${size}.`
  throw new EpisodeError('wrong-shape', file, message)
}

function optionalColumns(table: ParquetRows, info: DatasetInfo): Partial<RecordedEpisode> {
  const result: Partial<RecordedEpisode> = {}
  const widthOf = (column: string) => info.features[column]?.shape[0] ?? 1
  if (hasColumn(table, COLUMNS.simState)) {
    const length = widthOf(COLUMNS.simState)
    result.states = { length, values: numberColumn(table, COLUMNS.simState, length, (n) => new Float64Array(n)) }
  }
  if (hasColumn(table, COLUMNS.phase)) result.phases = numberColumn(table, COLUMNS.phase, 1, (n) => new Int32Array(n))
  if (hasColumn(table, COLUMNS.success))
    result.success = numberColumn(table, COLUMNS.success, 1, (n) => new Uint8Array(n))
  const { front, wrist } = COLUMNS.relevance
  if (hasColumn(table, front) && hasColumn(table, wrist)) {
    const read = (column: string) => numberColumn(table, column, widthOf(column), (n) => new Uint8Array(n))
    result.relevance = { front: read(front), wrist: read(wrist) }
  }
  return result
}

/** Versions that {@link LeRobotSource} reads. */
export const READABLE_VERSIONS = [CODEBASE_VERSION] as const
