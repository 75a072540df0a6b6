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

function runIndex(): Promise<RunIndex | undefined> {
  index ??= fetchJson('runs/index.json', (json) => runIndexSchema.parse(json)).catch(() => undefined)
  return index
}

/**
 * Shows the recorded runs of an episode, if there are some: the method's at once, then the dense one, whose scores
 * make sliders answer before any weight is loaded. Their absence is no error: the live run does not need them.
 */
export async function showRecordedRun(
  ref: EpisodeRef,
  frameCount: number | undefined,
  isCurrent: () => boolean,
): Promise<void> {
  const entries = (await runIndex())?.runs.filter(({ dataset, episode }) => {
    return dataset === ref.dataset && episode === ref.index
  })
  const method = entries?.find((entry) => entry.method !== 'dense')
  const dense = entries?.find((entry) => entry.method === 'dense')
  // A run of an older recording under the same number would paint tokens that never were.
  const fits = (run: RunRecord | undefined) => frameCount === undefined || run?.episode?.frames === frameCount
  const read = async (file: string | undefined) => {
    const run = await readRun(file)
    return fits(run) ? run : undefined
  }
  const [run, denseRun] = await Promise.all([read(method?.file), read(dense?.file)])
  if (!isCurrent()) return
  const runs = useRunStore.getState()
  if (run) {
    const settings = useMethodStore.getState()
    runs.setRecorded(run, recordedSettingsMatch(run, settings) ? settings.revision : undefined)
  }
  if (denseRun && runs.denseOrigin !== 'live') runs.setDenseFrames(denseFramesOf(denseRun), 'recorded')
}

async function readRun(file: string | undefined): Promise<RunRecord | undefined> {
  if (file === undefined) return undefined
  try {
    return await fetchJson(`runs/${file}`, parseRunRecord)
  } catch {
    return undefined
  }
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
