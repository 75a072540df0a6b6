import { decodeFloats } from '../../core/schema/base64.ts'
import { runIndexSchema } from '../../core/schema/runIndex.ts'
import type { RunIndex } from '../../core/schema/runIndex.ts'
import { parseRunRecord } from '../../core/schema/runRecord.ts'
import type { RunRecord } from '../../core/schema/runRecord.ts'
import type { DenseFrame } from '../../runtime/protocol.ts'
import { useMethodStore } from '../../stores/methodStore.ts'
import type { EpisodeRef } from '../../stores/episodeStore.ts'
import { useRunStore } from '../../stores/runStore.ts'
import { fetchJson } from '../addresses.ts'
import { recordedSettingsMatch } from './settings.ts'

let index: Promise<RunIndex | undefined> | undefined

/** The list of recorded runs; fetched at the first call, which may come before anybody needs it. */
export function runIndex(): Promise<RunIndex | undefined> {
  index ??= fetchJson('runs/index.json', (json) => runIndexSchema.parse(json)).catch(() => undefined)
  return index
}

/** The episode whose recorded runs are wanted. */
export interface RecordedEpisodeRuns {
  ref: EpisodeRef
  /** Of the recording, where known: a run of an older recording under the same number would paint tokens that never were. */
  frames: number | undefined
  /** Whether the episode is still the selected one. */
  isCurrent(): boolean
}

/** Shows the method's recorded run of an episode, if there is one. Its absence is no error: the live run does not need it. */
export async function showRecordedRun(episode: RecordedEpisodeRuns): Promise<void> {
  const run = await readRun(episode, (method) => method !== 'dense')
  if (!run || !episode.isCurrent()) return
  const settings = useMethodStore.getState()
  useRunStore.getState().setRecorded(run, recordedSettingsMatch(run, settings) ? settings.revision : undefined)
}

/**
 * Takes in the dense recorded run, whose scores make sliders answer before any weight is loaded. It is the largest of the
 * recorded files and nothing on the first picture needs it.
 */
export async function takeRecordedScores(episode: RecordedEpisodeRuns): Promise<void> {
  const run = await readRun(episode, (method) => method === 'dense')
  if (!run || !episode.isCurrent()) return
  const runs = useRunStore.getState()
  if (runs.denseOrigin === 'live') return
  try {
    runs.setDenseFrames(denseFramesOf(run), 'recorded')
  } catch {
    // Scores that cannot be decoded are as good as none.
  }
}

async function readRun(
  { ref, frames }: RecordedEpisodeRuns,
  isWanted: (method: string) => boolean,
): Promise<RunRecord | undefined> {
  const entry = (await runIndex())?.runs.find(({ dataset, episode, method }) => {
    return dataset === ref.dataset && episode === ref.index && isWanted(method)
  })
  if (!entry) return undefined
  const run = await fetchJson(`runs/${entry.file}`, parseRunRecord).catch(() => undefined)
  return frames === undefined || run?.episode?.frames === frames ? run : undefined
}

/** A recorded dense run as the dense frames that a live run would have brought. */
function denseFramesOf(run: RunRecord): Map<number, DenseFrame> {
  const { layers, visualTokens } = run.model
  const frames = new Map<number, DenseFrame>()
  for (const query of run.queries) {
    const stack = { text: new Float32Array(layers * visualTokens), action: new Float32Array(layers * visualTokens) }
    for (const { layer, rows, values } of query.scores ?? []) {
      stack[rows].set(decodeFloats(values), (layer - 1) * visualTokens)
    }
    if ((query.scores?.length ?? 0) < 2 * layers) continue
    frames.set(query.step, {
      step: query.step,
      chunk: decodeFloats(query.chunk),
      latencyMs: query.latencyMs,
      textScores: stack.text,
      actionScores: stack.action,
    })
  }
  return frames
}
