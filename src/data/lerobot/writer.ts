import { ACTION_SIZE, type Observation, VIEW_IDS, type ViewId } from '../../core/schema/observation.ts'
import { encodePng } from '../png.ts'
import { type Column, encodeParquet, type NumberType } from './arrowTable.ts'
import { CODEBASE_VERSION, COLUMNS, type Feature, fillTemplate, PATHS } from './format.ts'
import { addSamples, type ColumnSums, emptySums, mergeSums, nestedLists, statisticsOf } from './statistics.ts'

/** One control step to be written. */
export interface FrameToWrite {
  observation: Observation
  /** Executed from this frame. */
  action: ArrayLike<number>
  /** The simulator's state before the action; one length throughout the dataset. */
  state: Float64Array
  phase: number
  /** Whether the task's predicate holds after the action. */
  success: boolean
  /** Relevance bits per patch, before the action. */
  relevance: Record<ViewId, Uint8Array>
}

/** What a dataset is called and what its vectors mean. */
export interface DatasetOptions {
  /** Frames per second. */
  fps: number
  /** LeRobot's `robot_type`. */
  robot: string
  proprioNames: readonly string[]
  actionNames: readonly string[]
}

/** A file of the dataset, with its path inside it. */
export interface WrittenFile {
  path: string
  bytes: Uint8Array
}

interface WrittenEpisode {
  frames: number
  instruction: string
  /** Index of the episode's first frame in the dataset. */
  from: number
  sums: Map<string, ColumnSums>
}

/** Data files in one folder, and therefore episodes: LeRobot's own default. */
const CHUNKS_SIZE = 1000

/**
 * Writes a LeRobot v3.0 dataset, one data file per episode, so that a page fetches one episode without Range requests.
 * Images are lossless PNG inside the parquet files. Runs in Node (parquet is encoded by WebAssembly).
 */
export class LeRobotWriter {
  private readonly options: DatasetOptions
  private readonly episodes: WrittenEpisode[] = []
  private readonly tasks: string[] = []
  private features: Record<string, Feature> | undefined
  private totalFrames = 0

  constructor(options: DatasetOptions) {
    this.options = options
  }

  /**
   * Encodes one episode.
   * @returns its data file, which the caller stores.
   * @throws an Error when the episode is empty or its vectors have other lengths than those before.
   */
  addEpisode(frames: readonly FrameToWrite[]): WrittenFile {
    if (frames.length === 0) throw new Error('An episode needs at least one frame.')
    const { instruction } = frames[0].observation
    if (!this.tasks.includes(instruction)) this.tasks.push(instruction)
    const index = this.episodes.length
    const columns = this.columnsOf(frames, index, this.tasks.indexOf(instruction))
    const features = featuresOf(columns, frames[0], this.options)
    this.features ??= features
    checkSameFeatures(this.features, features)
    this.episodes.push({ frames: frames.length, instruction, from: this.totalFrames, sums: sumsOf(columns, frames) })
    this.totalFrames += frames.length
    const path = fillTemplate(PATHS.data, dataPlace(index))
    const huggingface = JSON.stringify({ info: { features: huggingFaceFeatures(features) } })
    return { path, bytes: encodeParquet(columns, frames.length, { huggingface }) }
  }

  /** The metadata files, once every episode has been added. @throws an Error when there was none. */
  finish(): WrittenFile[] {
    const { features } = this
    if (features === undefined) throw new Error('A dataset needs at least one episode.')
    return [
      { path: PATHS.info, bytes: jsonBytes(this.info(features)) },
      { path: PATHS.stats, bytes: jsonBytes(this.statistics()) },
      { path: PATHS.tasks, bytes: this.taskTable() },
      { path: fillTemplate(PATHS.episodes, { chunk_index: 0, file_index: 0 }), bytes: this.episodeTable() },
    ]
  }

  private columnsOf(frames: readonly FrameToWrite[], episode: number, task: number): Column[] {
    const from = this.totalFrames
    const numbers = (name: string, type: NumberType, rows: readonly ArrayLike<number>[]): Column => {
      const width = rows[0].length
      const values = rows.flatMap((row) => Array.from(row))
      if (values.length !== width * rows.length)
        throw new Error(`${name} changes its length within episode ${episode}.`)
      return { kind: 'numbers', name, type, values, shape: [width] }
    }
    const scalars = (name: string, type: NumberType, value: (frame: FrameToWrite, i: number) => number): Column => {
      return { kind: 'numbers', name, type, values: frames.map(value), shape: [] }
    }
    const last = frames.length - 1
    return [
      ...VIEW_IDS.map((view) => imageColumn(frames, view)),
      numbers(
        COLUMNS.state,
        'float32',
        frames.map((frame) => frame.observation.proprio),
      ),
      numbers(
        COLUMNS.action,
        'float32',
        frames.map((frame) => frame.action),
      ),
      numbers(
        COLUMNS.simState,
        'float64',
        frames.map((frame) => frame.state),
      ),
      ...VIEW_IDS.map((view) =>
        numbers(
          COLUMNS.relevance[view],
          'uint8',
          frames.map(({ relevance }) => relevance[view]),
        ),
      ),
      scalars(COLUMNS.phase, 'int64', (frame) => frame.phase),
      scalars(COLUMNS.success, 'bool', (frame) => Number(frame.success)),
      scalars(COLUMNS.done, 'bool', (_, i) => Number(i === last)),
      scalars(COLUMNS.timestamp, 'float32', (_, i) => i / this.options.fps),
      scalars(COLUMNS.frameIndex, 'int64', (_, i) => i),
      scalars(COLUMNS.episodeIndex, 'int64', () => episode),
      scalars(COLUMNS.index, 'int64', (_, i) => from + i),
      scalars(COLUMNS.taskIndex, 'int64', () => task),
    ]
  }

  private info(features: Record<string, Feature>): unknown {
    return {
      codebase_version: CODEBASE_VERSION,
      robot_type: this.options.robot,
      total_episodes: this.episodes.length,
      total_frames: this.totalFrames,
      total_tasks: this.tasks.length,
      chunks_size: CHUNKS_SIZE,
      data_files_size_in_mb: 100,
      video_files_size_in_mb: 200,
      fps: this.options.fps,
      splits: { train: `0:${this.episodes.length}` },
      data_path: PATHS.data,
      video_path: PATHS.video,
      features,
    }
  }

  private statistics(): Record<string, unknown> {
    const result: Record<string, unknown> = {}
    for (const [name, { shape }] of this.episodes[0].sums) {
      const total = emptySums(shape)
      for (const { sums } of this.episodes) mergeSums(total, sums.get(name) ?? emptySums(shape))
      const { min, max, mean, std, count } = statisticsOf(total)
      const [minList, maxList, meanList, stdList] = [min, max, mean, std].map((values) => nestedLists(values, shape))
      result[name] = { min: minList, max: maxList, mean: meanList, std: stdList, count: [count] }
    }
    return result
  }

  private taskTable(): Uint8Array {
    const columns: Column[] = [
      { kind: 'numbers', name: COLUMNS.taskIndex, type: 'int64', values: this.tasks.map((_, i) => i), shape: [] },
      { kind: 'text', name: 'task', values: this.tasks },
    ]
    return encodeParquet(columns, this.tasks.length, { pandas: JSON.stringify(PANDAS_TASKS) })
  }

  private episodeTable(): Uint8Array {
    const { episodes } = this
    const integers = (name: string, value: (episode: WrittenEpisode, i: number) => number): Column => {
      return { kind: 'numbers', name, type: 'int64', values: episodes.map(value), shape: [] }
    }
    const columns: Column[] = [
      integers('episode_index', (_, i) => i),
      { kind: 'texts', name: 'tasks', values: episodes.map(({ instruction }) => [instruction]) },
      integers('length', ({ frames }) => frames),
      integers('data/chunk_index', (_, i) => dataPlace(i).chunk_index),
      integers('data/file_index', (_, i) => dataPlace(i).file_index),
      integers('dataset_from_index', ({ from }) => from),
      integers('dataset_to_index', ({ from, frames }) => from + frames),
      ...episodeStatistics(episodes),
      integers('meta/episodes/chunk_index', () => 0),
      integers('meta/episodes/file_index', () => 0),
    ]
    return encodeParquet(columns, episodes.length)
  }
}

/** The description by which pandas takes the task's text for the index of its frame, as LeRobot expects. */
const PANDAS_TASKS = {
  index_columns: ['task'],
  column_indexes: [],
  columns: [
    { name: 'task_index', field_name: 'task_index', pandas_type: 'int64', numpy_type: 'int64', metadata: null },
    { name: 'task', field_name: 'task', pandas_type: 'unicode', numpy_type: 'object', metadata: null },
  ],
  pandas_version: '2.2.0',
}

function dataPlace(episode: number): { chunk_index: number; file_index: number } {
  return { chunk_index: Math.floor(episode / CHUNKS_SIZE), file_index: episode % CHUNKS_SIZE }
}

function jsonBytes(value: unknown): Uint8Array {
  return new TextEncoder().encode(`${JSON.stringify(value, undefined, 2)}\n`)
}

function imageColumn(frames: readonly FrameToWrite[], view: ViewId): Column {
  const values = frames.map(({ observation }) => encodePng(observation.images[view]))
  const paths = frames.map((_, i) => `frame-${String(i).padStart(6, '0')}.png`)
  return { kind: 'images', name: COLUMNS.images[view], values, paths }
}

function featuresOf(columns: readonly Column[], frame: FrameToWrite, options: DatasetOptions): Record<string, Feature> {
  const features: Record<string, Feature> = {}
  for (const column of columns) features[column.name] = featureOf(column, frame)
  features[COLUMNS.state].names = checkedNames(COLUMNS.state, options.proprioNames, frame.observation.proprio.length)
  features[COLUMNS.action].names = checkedNames(COLUMNS.action, options.actionNames, ACTION_SIZE)
  return features
}

function featureOf(column: Column, frame: FrameToWrite): Feature {
  switch (column.kind) {
    case 'images': {
      const view = VIEW_IDS.find((id) => COLUMNS.images[id] === column.name) ?? 'front'
      const { width, height } = frame.observation.images[view]
      return { dtype: 'image', shape: [height, width, 3], names: ['height', 'width', 'channels'] }
    }
    case 'numbers':
      return { dtype: column.type, shape: column.shape.length === 0 ? [1] : [...column.shape], names: null }
    default:
      return { dtype: 'string', shape: [1], names: null }
  }
}

function checkedNames(column: string, names: readonly string[], length: number): string[] {
  if (names.length !== length) throw new Error(`${column} has ${length} entries, but ${names.length} names.`)
  return [...names]
}

function checkSameFeatures(first: Record<string, Feature>, other: Record<string, Feature>): void {
  for (const [name, { shape }] of Object.entries(first)) {
    if (other[name].shape.join() === shape.join()) continue
    throw new Error(
      `${name} has the shape [${other[name].shape.join(', ')}]; the episodes before have [${shape.join(', ')}].`,
    )
  }
}

/** Column types in the words of the `datasets` library, which decodes image columns by them. */
function huggingFaceFeatures(features: Record<string, Feature>): Record<string, unknown> {
  const result: Record<string, unknown> = {}
  for (const [name, { dtype, shape }] of Object.entries(features)) {
    const value = { dtype, _type: 'Value' }
    if (dtype === 'image') result[name] = { _type: 'Image' }
    else result[name] = shape[0] === 1 ? value : { feature: value, length: shape[0], _type: 'Sequence' }
  }
  return result
}

function sumsOf(columns: readonly Column[], frames: readonly FrameToWrite[]): Map<string, ColumnSums> {
  const result = new Map<string, ColumnSums>()
  for (const column of columns) {
    if (column.kind === 'numbers') {
      const sums = emptySums(column.shape.length === 0 ? [1] : column.shape)
      addSamples(sums, column.values, frames.length)
      result.set(column.name, sums)
    }
  }
  for (const view of VIEW_IDS) {
    const sums = emptySums([3, 1, 1])
    for (const { observation } of frames) addSamples(sums, observation.images[view].data, 1, 1 / 255)
    result.set(COLUMNS.images[view], sums)
  }
  return result
}

function episodeStatistics(episodes: readonly WrittenEpisode[]): Column[] {
  return [...episodes[0].sums].flatMap(([name, { shape }]) => {
    const statistics = episodes.map(({ sums }) => statisticsOf(sums.get(name) ?? emptySums(shape)))
    const column = (key: 'min' | 'max' | 'mean' | 'std'): Column => ({
      kind: 'numbers',
      name: `stats/${name}/${key}`,
      type: 'float64',
      values: statistics.flatMap((episode) => episode[key]),
      shape,
    })
    const count: Column = {
      kind: 'numbers',
      name: `stats/${name}/count`,
      type: 'int64',
      values: statistics.map((episode) => episode.count),
      shape: [1],
    }
    return [column('min'), column('max'), column('mean'), column('std'), count]
  })
}
