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
import { createEnvironment } from '../../src/simulation/environment.ts'
import { PHASES } from '../../src/simulation/expert.ts'
import { type Actor, expertActor, policyActor } from '../../src/simulation/recording.ts'
import { RELEVANCE } from '../../src/simulation/relevance.ts'
import type { NodePolicy } from '../../src/runtime/node/nodePolicy.ts'
import type { SuiteId } from '../../src/simulation/tasks.ts'
import { PROPRIO_FIELDS } from '../../src/simulation/world.ts'
import { type CommandIo, UsageError } from '../cli/io.ts'
import { type MistakeBySeed, type SeedRange, seedList } from '../cli/options.ts'
import { findModel, openWarmPolicy } from '../policy/openModel.ts'
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
  /** Seeds that the dense policy plays instead of the expert. */
  policySeeds: readonly number[]
  /** The policy; the default of the page if there is none. */
  model?: string
  out: string
  json: boolean
}

const ACTION_NAMES = ['dx', 'dy', 'dz', 'droll', 'dpitch', 'dyaw', 'gripper'] as const

const POLICY_NOTE = 'played by the policy'

const MISTAKE_NOTES = { 'missed-grasp': 'recovered mistake: missed grasp', drop: 'recovered mistake: drop' } as const

const INDEX_FILE = 'index.json'

/** Records episodes of the expert, or of a policy, as a LeRobot dataset with an index for the page. */
export async function record(call: RecordCall, io: CommandIo): Promise<void> {
  const seeds = checkedSeeds(call)
  checkOutputDirectory(call.out)
  const policy = call.policySeeds.length > 0 ? await openWarmPolicy(findModel(call.model).directory, 1) : undefined
  const stage = { playing: await createEnvironment(), following: await createEnvironment(), policy }
  try {
    const written = await replaceRecording(call.out, (directory) => writeRecording(call, seeds, stage, directory, io))
    report(call, written, io)
  } finally {
    stage.playing.dispose()
    stage.following.dispose()
    await policy?.dispose()
  }
}

interface Stage extends RecordingStage {
  policy: NodePolicy | undefined
}

function actorOf(seed: number, { mistakes, policySeeds }: RecordCall, { policy }: Stage): Actor {
  if (!policySeeds.includes(seed)) return expertActor(seed, mistakes.get(seed))
  if (policy === undefined) throw new Error('There is no policy to play.')
  return policyActor(async (observation) => (await policy.engines.dense.query(observation)).chunk)
}

interface WrittenRecording {
  index: EpisodeIndex
  thumbnails: ListedFile[]
}

async function writeRecording(
  call: RecordCall,
  seeds: readonly number[],
  stage: Stage,
  directory: string,
  io: CommandIo,
): Promise<WrittenRecording> {
  const writer = createWriter()
  const stored: { listing: EpisodeListing; thumbnail: ListedFile }[] = []
  for (const [index, seed] of seeds.entries()) {
    const frames = await recordFrames(stage, { suite: call.suite, seed }, actorOf(seed, call, stage))
    const thumbnail = storeFile(directory, thumbnailOf(index, frames))
    const file = storeFile(directory, writer.addEpisode(frames))
    const played = notesOf(seed, call)
    const listing = listEpisode(frames, { index, seed, played, file, thumbnail: thumbnail.path })
    io.error(describeEpisode(listing))
    stored.push({ listing, thumbnail })
  }
  const meta = writer.finish().map((file) => storeFile(directory, file))
  const episodes = stored.map(({ listing }) => listing)
  const index = indexOf(call, meta, episodes)
  storeFile(directory, {
    path: INDEX_FILE,
    bytes: new TextEncoder().encode(`${JSON.stringify(index, undefined, 2)}\n`),
  })
  return { index, thumbnails: stored.map(({ thumbnail }) => thumbnail) }
}

function checkedSeeds({ seeds, mistakes, policySeeds }: RecordCall): number[] {
  const list = seedList(seeds)
  const strayFrom = (option: string, named: Iterable<number>) => {
    for (const seed of named) {
      if (!list.includes(seed)) {
        throw new UsageError(`${option}: seed ${seed} is not among --seeds ${seeds.first}..${seeds.last}.`)
      }
    }
  }
  strayFrom('--mistake', mistakes.keys())
  strayFrom('--policy', policySeeds)
  const both = policySeeds.find((seed) => mistakes.has(seed))
  if (both === undefined) return list
  throw new UsageError(`--policy: seed ${both} has a --mistake, which only the expert makes on purpose.`)
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
  { played, ...rest }: Pick<EpisodeListing, 'index' | 'seed' | 'file' | 'thumbnail'> & { played: string[] },
): EpisodeListing {
  const { instruction } = frames[0].observation
  const { success } = frames[frames.length - 1]
  const notes = success ? played : [...played, 'not solved']
  return { ...rest, title: titleOf(instruction), instruction, frames: frames.length, success, notes }
}

/** How an episode was played, where that is not the plain expert. */
function notesOf(seed: number, { mistakes, policySeeds }: RecordCall): string[] {
  const mistake = mistakes.get(seed)
  if (policySeeds.includes(seed)) return [POLICY_NOTE]
  return mistake ? [MISTAKE_NOTES[mistake]] : []
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
