import { inputEditKey } from '../../core/pruning/inputEdit.ts'
import { visualTokenCount } from '../../core/tokens/layout.ts'
import { RUN_RECORD_VERSION } from '../../core/schema/runRecord.ts'
import type { QueryRecord, RunRecord } from '../../core/schema/runRecord.ts'
import type { RecordedEpisode } from '../../data/episodeSource.ts'
import type { InferenceClient } from '../../runtime/client.ts'
import type { DenseFrame, LoadedModel, ReplayEvent } from '../../runtime/protocol.ts'
import { useEpisodeStore } from '../../stores/episodeStore.ts'
import { currentPolicyShape } from '../../stores/layout.ts'
import { methodSettings, useMethodStore } from '../../stores/methodStore.ts'
import type { MethodSettings, MethodState } from '../../stores/methodStore.ts'
import { useModelStore } from '../../stores/modelStore.ts'
import { usePlayerStore } from '../../stores/playerStore.ts'
import { shownRun, useRunStore } from '../../stores/runStore.ts'
import { messageOf } from '../addresses.ts'
import { APP_VERSION } from '../version.ts'
import { openInWorker } from './openInWorker.ts'
import { defineOwnSelector } from './ownSelector.ts'
import { previewSteps, startPreview } from './preview.ts'
import type { Preview } from './preview.ts'
import { createPreviewTurns } from './previewTurns.ts'
import type { PreviewJob } from './previewTurns.ts'

/** Rest of a slider after which the live run starts. */
const LIVE_DELAY_MS = 150

/** Runs the panel's settings over the open episode: a preview at once, the live answer when the slider rests. */
export interface RunController {
  /** The settings changed, or the episode did. */
  refresh(): void
  /** New scores to preview from have come; what runs live goes on. */
  refreshPreview(): void
  /** Starts the live run without waiting. */
  runNow(): void
  cancel(): void
}

/**
 * Makes the controller of runs.
 * @param inference the loaded worker; undefined while there is none
 */
export function createRunController(inference: () => InferenceClient | undefined): RunController {
  let timer: ReturnType<typeof setTimeout> | undefined
  const previews = createPreviewTurns(beginPreview)

  const runNow = () => {
    clearTimeout(timer)
    timer = undefined
    void live()
  }

  const live = async () => {
    const client = inference()
    const { load } = useEpisodeStore.getState()
    const model = useModelStore.getState().load
    if (!client || load.status !== 'ready' || model.status !== 'ready') return
    const { frames } = load
    const settings = useMethodStore.getState()
    const { revision } = settings
    const runs = useRunStore.getState()
    try {
      await openInWorker(client, frames)
      if (useMethodStore.getState().revision !== revision || useEpisodeStore.getState().load !== load) return
      const { methodId, executeSteps, seed, forced, instruction, engine } = settings
      const edit = inputEditKey(settings)
      if (edit !== useRunStore.getState().denseEdit) runs.setDenseFrames(new Map(), 'live', edit)
      const total = Math.ceil(frames.frames / executeSteps)
      runs.startLive(emptyRun(model.model, methodSettings(settings)), revision, total)
      const receiver = createReceiver(revision, frames.key, edit)
      const parameters = { ...settings.parameters }
      await defineOwnSelector(client, methodId)
      const outcome = await client.replay(
        { episodeKey: frames.key, methodId, parameters, executeSteps, seed, forced, instruction, engine },
        receiver.take,
      )
      receiver.flush()
      // Only the newest run reports its end: the others were superseded.
      if (useRunStore.getState().live?.revision !== revision || !isOpen(frames.key)) return
      const done = useRunStore.getState().live?.run.queries.length ?? 0
      if (outcome.status === 'done') runs.setProgress({ status: 'done', total: done })
      else if (outcome.status === 'aborted') runs.setProgress({ status: 'aborted', done, total })
      else runs.setProgress({ status: 'failed', message: outcome.message })
    } catch (error) {
      if (isOpen(frames.key)) runs.setProgress({ status: 'failed', message: messageOf(error) })
    }
  }

  return {
    refreshPreview: previews.request,
    refresh() {
      const { revision } = useMethodStore.getState()
      useRunStore.getState().want(revision)
      previews.request()
      clearTimeout(timer)
      if (inference()) {
        useRunStore.getState().setProgress({ status: 'queued' })
        timer = setTimeout(runNow, LIVE_DELAY_MS)
      }
    },
    runNow,
    cancel() {
      clearTimeout(timer)
      void inference()?.cancel()
      const { progress, setProgress } = useRunStore.getState()
      if (progress.status === 'queued') setProgress({ status: 'aborted', done: 0, total: 0 })
    },
  }
}

/** A preview of the present settings over the open episode; undefined, and none on the screen, where it would say nothing. */
function beginPreview(): PreviewJob | undefined {
  const { load } = useEpisodeStore.getState()
  const runs = useRunStore.getState()
  const settings = useMethodStore.getState()
  const complete = completeRuns()
  const base = complete.at(0) ?? runs.live?.run
  if (load.status !== 'ready' || !base || runs.recordedRevision === settings.revision) return undefined
  const started = runs.denseEdit === '' && startRecorded(load.frames, base, complete, settings)
  // Scores of one input say nothing about another, and some methods read more than was recorded: the live run will answer.
  if (!started) {
    runs.setPreview(undefined)
    return undefined
  }
  const { revision } = settings
  return {
    preview: started,
    frame: () => usePlayerStore.getState().frame,
    isCurrent: () => useEpisodeStore.getState().load === load,
    // Until the queries after the one on the screen are there, those before stand in.
    show: (run, isWhole) =>
      runs.setPreview({ run: isWhole ? run : withRest(run, shownRun(useRunStore.getState())?.run), revision }),
    giveUp: () => runs.setPreview(undefined),
  }
}

function startRecorded(
  episode: RecordedEpisode,
  base: RunRecord,
  complete: readonly RunRecord[],
  settings: MethodState,
): Preview | undefined {
  const { denseFrames } = useRunStore.getState()
  try {
    return startPreview({
      episode,
      denseFrames,
      base,
      steps: previewSteps(complete, denseFrames, settings),
      shape: currentPolicyShape(),
      settings: methodSettings(settings),
    })
  } catch {
    return undefined
  }
}

/** A preview that has not come to the end, continued by the queries of the run that was shown before. */
function withRest(run: RunRecord, before: RunRecord | undefined): RunRecord {
  const last = run.queries.at(-1)?.step ?? -1
  const rest = before?.queries.filter(({ step }) => step > last) ?? []
  return rest.length === 0 ? run : { ...run, queries: [...run.queries, ...rest] }
}

/** Complete runs of the open episode, newest first. */
function completeRuns(): RunRecord[] {
  const { live, previous, recorded, progress } = useRunStore.getState()
  const finished = progress.status === 'done' ? live?.run : undefined
  return [finished, previous?.run, recorded].filter((run) => run !== undefined)
}

function isOpen(key: string): boolean {
  const { load } = useEpisodeStore.getState()
  return load.status === 'ready' && load.frames.key === key
}

/** Answers are handed on together this often: charts redraw with every hand-over. */
const HAND_OVER_MS = 200

/** Takes a live run's events in and hands them to the store, the first at once, the others together. */
function createReceiver(
  revision: number,
  key: string,
  edit: string,
): { take(event: ReplayEvent): void; flush(): void } {
  let queries: QueryRecord[] = []
  let denseFrames: DenseFrame[] = []
  let timer: ReturnType<typeof setTimeout> | undefined
  const flush = () => {
    clearTimeout(timer)
    timer = undefined
    if (queries.length + denseFrames.length > 0 && isOpen(key)) {
      useRunStore.getState().addLive({ queries, denseFrames }, revision)
    }
    queries = []
    denseFrames = []
  }
  let isFirst = true
  return {
    flush,
    take(event) {
      if (!isOpen(key)) return
      if (event.type === 'backend') {
        useModelStore.getState().setChoice(event.choice, event.reason)
        useRunStore.getState().setLiveDevice(event.choice.device, revision)
        return
      }
      if (event.type === 'query') queries.push(event.record)
      // A run that goes on with another input has cleared the dense answers to this one.
      else if (useRunStore.getState().denseEdit === edit) denseFrames.push(event.frame)
      if (isFirst && event.type === 'query') flush()
      else timer ??= setTimeout(flush, HAND_OVER_MS)
      isFirst &&= event.type !== 'query'
    },
  }
}

/** The head of a live run's record; queries are added as they come. */
export function emptyRun({ manifest, choice }: LoadedModel, settings: MethodSettings): RunRecord {
  const { load } = useEpisodeStore.getState()
  const { methodId, presetId, parameters, executeSteps, seed, forced, instruction } = settings
  const visualTokens = visualTokenCount(manifest.layout)
  const episode =
    load.status === 'ready'
      ? { dataset: load.ref.dataset, index: load.ref.index, frames: load.frames.frames }
      : undefined
  return {
    version: RUN_RECORD_VERSION,
    kind: 'open-loop',
    createdAt: new Date().toISOString(),
    app: { version: APP_VERSION },
    model: {
      id: manifest.id,
      weightsSha256: manifest.weights.sha256,
      layers: manifest.model.layers,
      width: manifest.model.width,
      feedForward: manifest.model.feedForward,
      visualTokens,
      fixedTokens: manifest.layout.length - visualTokens,
    },
    ...(episode ? { episode } : {}),
    instruction: instruction || (load.status === 'ready' ? load.frames.instruction : ''),
    device: useModelStore.getState().choice?.device ?? choice.device,
    method: { id: methodId, ...(presetId === undefined ? {} : { preset: presetId }), parameters: { ...parameters } },
    executeSteps,
    seed,
    ...(forced === '' ? {} : { forced }),
    ...(instruction === '' ? {} : { instructionEdited: true as const }),
    queries: [],
  }
}
