import { basename, resolve } from 'node:path'
import {
  datasetIdentityText,
  type EpisodeIndex,
  type EpisodeListing,
  EPISODE_INDEX_VERSION,
} from '../../src/data/episodeIndex.ts'
import { CODEBASE_VERSION } from '../../src/data/lerobot/format.ts'
import { type FrameToWrite, LeRobotWriter } from '../../src/data/lerobot/writer.ts'
import { encodePng } from '../../src/data/png.ts'
import { CONTROL_HZ, IMAGE_SIZE } from '../../src/simulation/constants.ts'
import type { Mistake } from '../../src/simulation/demonstrator.ts'
import { createEnvironment } from '../../src/simulation/environment.ts'
import { PHASES } from '../../src/simulation/expert.ts'
import { RELEVANCE } from '../../src/simulation/relevance.ts'
import type { SuiteId } from '../../src/simulation/tasks.ts'
import { PROPRIO_FIELDS } from '../../src/simulation/world.ts'
import { type CommandIo, UsageError } from '../cli/io.ts'
import { type MistakeBySeed, type SeedRange, seedList } from '../cli/options.ts'
import {
  checkOutputDirectory,
  replaceRecording,
  type ListedFile,
  sha256,
  storeFile,
} from '../recording/outputDirectory.ts'
import { recordFrames, type RecordingStage } from '../recording/recordEpisode.ts'

/** A checked call of `record`. */
export interface RecordCall {
  suite: SuiteId
  seeds: SeedRange
  mistakes: MistakeBySeed
  out: string
  json: boolean
}

const ACTION_NAMES = ['dx', 'dy', 'dz', 'droll', 'dpitch', 'dyaw', 'gripper'] as const

const MISTAKE_NOTES = { 'missed-grasp': 'recovered mistake: missed grasp', drop: 'recovered mistake: drop' } as const

const INDEX_FILE = 'index.json'

/** Records episodes of the expert as a LeRobot dataset with an index for the page. */
export async function record(call: RecordCall, io: CommandIo): Promise<void> {
  const seeds = checkedSeeds(call)
  checkOutputDirectory(call.out)
  const stage = { playing: await createEnvironment(), following: await createEnvironment() }
  try {
    const written = replaceRecording(call.out, (directory) => writeRecording(call, seeds, stage, directory, io))
    report(call, written, io)
  } finally {
    stage.playing.dispose()
    stage.following.dispose()
  }
}

interface WrittenRecording {
  index: EpisodeIndex
  thumbnails: ListedFile[]
}

function writeRecording(
  call: RecordCall,
  seeds: readonly number[],
  stage: RecordingStage,
  directory: string,
  io: CommandIo,
): WrittenRecording {
  const writer = createWriter()
  const stored = seeds.map((seed, index) => {
    const mistake = call.mistakes.get(seed)
    const frames = recordFrames(stage, { suite: call.suite, seed, ...(mistake && { mistake }) })
    const thumbnail = storeFile(directory, thumbnailOf(index, frames))
    const file = storeFile(directory, writer.addEpisode(frames))
    const listing = listEpisode(frames, { index, seed, mistake, file, thumbnail: thumbnail.path })
    io.error(describeEpisode(listing))
    return { listing, thumbnail }
  })
  const meta = writer.finish().map((file) => storeFile(directory, file))
  const episodes = stored.map(({ listing }) => listing)
  const index = indexOf(call, meta, episodes)
  storeFile(directory, {
    path: INDEX_FILE,
    bytes: new TextEncoder().encode(`${JSON.stringify(index, undefined, 2)}\n`),
  })
  return { index, thumbnails: stored.map(({ thumbnail }) => thumbnail) }
}

function checkedSeeds({ seeds, mistakes }: RecordCall): number[] {
  const list = seedList(seeds)
  const stray = [...mistakes.keys()].find((seed) => !list.includes(seed))
  if (stray === undefined) return list
  throw new UsageError(`--mistake: seed ${stray} is not among --seeds ${seeds.first}..${seeds.last}.`)
}

function createWriter(): LeRobotWriter {
  return new LeRobotWriter({
    fps: CONTROL_HZ,
    robot: 'tabletop-arm',
    proprioNames: PROPRIO_FIELDS.map((field) => field.name),
    actionNames: ACTION_NAMES,
  })
}

function listEpisode(
  frames: readonly FrameToWrite[],
  { mistake, ...rest }: Pick<EpisodeListing, 'index' | 'seed' | 'file' | 'thumbnail'> & { mistake?: Mistake },
): EpisodeListing {
  const { instruction } = frames[0].observation
  const { success } = frames[frames.length - 1]
  const notes = success ? (mistake ? [MISTAKE_NOTES[mistake]] : []) : ['not solved']
  return { ...rest, title: titleOf(instruction), instruction, frames: frames.length, success, notes }
}

function thumbnailOf(index: number, frames: readonly FrameToWrite[]): { path: string; bytes: Uint8Array } {
  const path = `thumbnails/episode-${String(index).padStart(3, '0')}.png`
  return { path, bytes: encodePng(frames[0].observation.images.front) }
}

/** The thing that the instruction is about: "put the red cube in the tray" becomes "Red cube". */
function titleOf(instruction: string): string {
  const thing = /^put the (.+?) in the tray/.exec(instruction)?.[1] ?? instruction
  return thing.charAt(0).toUpperCase() + thing.slice(1)
}

function indexOf({ suite, out }: RecordCall, meta: ListedFile[], episodes: EpisodeListing[]): EpisodeIndex {
  const files = [...meta, ...episodes.map((episode) => episode.file)]
  return {
    version: EPISODE_INDEX_VERSION,
    dataset: basename(resolve(out)),
    title: `${suite.charAt(0).toUpperCase()}${suite.slice(1)}`,
    suite,
    format: `LeRobot ${CODEBASE_VERSION}`,
    fps: CONTROL_HZ,
    imageSize: IMAGE_SIZE,
    sha256: sha256(datasetIdentityText(files)),
    phases: [...PHASES],
    relevanceBits: Object.entries(RELEVANCE)
      .sort(([, a], [, b]) => a - b)
      .map(([name]) => name),
    files: meta,
    episodes,
  }
}

function describeEpisode({ index, seed, instruction, frames, success, notes, file }: EpisodeListing): string {
  const outcome = success ? 'success' : 'NOT SOLVED'
  const extra = notes.length > 0 ? ` (${notes.join(', ')})` : ''
  return `episode ${index}, seed ${seed}: "${instruction}", ${frames} frames, ${outcome}${extra}, ${(file.bytes / 1e6).toFixed(2)} MB\n`
}

function report({ out, json }: RecordCall, { index, thumbnails }: WrittenRecording, io: CommandIo): void {
  const files = [...index.files, ...index.episodes.map((episode) => episode.file), ...thumbnails]
  const summary = {
    directory: out,
    dataset: index.dataset,
    sha256: index.sha256,
    episodes: index.episodes.length,
    frames: index.episodes.reduce((sum, episode) => sum + episode.frames, 0),
    bytes: files.reduce((sum, file) => sum + file.bytes, 0),
    unsolvedSeeds: index.episodes.filter((episode) => !episode.success).map((episode) => episode.seed),
  }
  if (json) io.output(`${JSON.stringify(summary, undefined, 2)}\n`)
  else
    io.output(
      `${summary.episodes} episodes, ${summary.frames} frames, ${(summary.bytes / 1e6).toFixed(2)} MB in ${out}\n`,
    )
}
