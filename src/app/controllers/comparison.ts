import type { QueryRecord } from '../../core/schema/runRecord.ts'
import type { InferenceClient } from '../../runtime/client.ts'
import type { DenseFrame } from '../../runtime/protocol.ts'
import { attachDense } from '../../runtime/queryRecord.ts'
import { useCompareStore } from '../../stores/compareStore.ts'
import { useEpisodeStore } from '../../stores/episodeStore.ts'
import { useMethodStore } from '../../stores/methodStore.ts'
import type { MethodSettings } from '../../stores/methodStore.ts'
import { useModelStore } from '../../stores/modelStore.ts'
import { useRunStore } from '../../stores/runStore.ts'
import { settingsKey } from '../../stores/settings.ts'
import { findTried, useTriedStore } from '../../stores/triedStore.ts'
import { messageOf } from '../addresses.ts'
import { defineOwnSelector } from './ownSelector.ts'
import { emptyRun } from './runs.ts'

/** Remembers every complete run of this visit: for comparisons and the chart of all that was tried. */
export function rememberRuns(): void {
  const { add } = useTriedStore.getState()
  useRunStore.subscribe((state, before) => {
    const finished = state.progress.status === 'done' && before.progress.status !== 'done'
    if (finished && state.live) add(state.live.run, 'live')
    if (state.recorded && state.recorded !== before.recorded) add(state.recorded, 'recorded')
  })
}

/**
 * Runs pinned settings that have no run over the open episode yet, one after the other, whenever the worker has nothing
 * else to do: the panel's own run always goes first, and interrupts.
 * @param inference the loaded worker; undefined while there is none
 */
export function runComparisons(inference: () => InferenceClient | undefined): void {
  let busy = false
  const next = () => {
    const client = inference()
    const { progress } = useRunStore.getState()
    // Only then is the episode open in the worker, with nothing queued before us.
    if (busy || !client || progress.status !== 'done') return
    const missing = useCompareStore.getState().cards.find(({ settings }) => !isKnown(settings))
    if (!missing) return
    busy = true
    void runPinned(client, missing.settings).finally(() => {
      busy = false
      next()
    })
  }
  useRunStore.subscribe((state, before) => {
    if (state.progress.status !== before.progress.status) next()
  })
  useCompareStore.subscribe((state, before) => {
    if (state.cards !== before.cards) next()
  })
}

/** Whether a setting has its run, or failed: it is not tried again by itself. */
function isKnown(settings: MethodSettings): boolean {
  const { load } = useEpisodeStore.getState()
  const model = useModelStore.getState().load
  if (load.status !== 'ready' || model.status !== 'ready') return true
  const key = settingsKey(settings)
  if (useCompareStore.getState().running.get(key)?.status === 'failed') return true
  const sha = model.model.manifest.weights.sha256
  return findTried(useTriedStore.getState().runs, key, load.frames.key, sha) !== undefined
}

async function runPinned(client: InferenceClient, settings: MethodSettings): Promise<void> {
  const { load } = useEpisodeStore.getState()
  const model = useModelStore.getState().load
  if (load.status !== 'ready' || model.status !== 'ready') return
  const { setRunning } = useCompareStore.getState()
  const key = settingsKey(settings)
  const { methodId, parameters, executeSteps, seed, forced, instruction } = settings
  const { engine } = useMethodStore.getState()
  const total = Math.ceil(load.frames.frames / executeSteps)
  const run = emptyRun(model.model, settings)
  const queries: QueryRecord[] = []
  const dense = new Map<number, DenseFrame>()
  setRunning(key, { status: 'running', done: 0, total })
  try {
    await defineOwnSelector(client, methodId)
    const outcome = await client.replay(
      {
        episodeKey: load.frames.key,
        methodId,
        parameters: { ...parameters },
        executeSteps,
        seed,
        forced,
        instruction,
        engine,
      },
      (event) => {
        if (event.type === 'dense') dense.set(event.frame.step, event.frame)
        if (event.type !== 'query') return
        queries.push(event.record)
        setRunning(key, { status: 'running', done: queries.length, total: Math.max(total, queries.length) })
      },
    )
    if (outcome.status === 'failed') setRunning(key, { status: 'failed', message: outcome.message })
    else setRunning(key, undefined)
    if (outcome.status === 'done') {
      useTriedStore.getState().add({ ...run, queries: attachDense(queries, dense) }, 'live')
    }
  } catch (error) {
    setRunning(key, { status: 'failed', message: messageOf(error) })
  }
}
