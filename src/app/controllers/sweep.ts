import { measureRun } from '../../core/metrics/runMeasures.ts'
import type { QueryRecord, RunRecord } from '../../core/schema/runRecord.ts'
import { cellValues, nextCell } from '../../core/sweep/grid.ts'
import type { MeasuredCell, SweepCell, SweepPlan } from '../../data/results/sweep.ts'
import { openSweepKeeper } from '../../data/results/sweepKeeper.ts'
import type { KeptCell, SweepKeeper } from '../../data/results/sweepKeeper.ts'
import type { InferenceClient } from '../../runtime/client.ts'
import type { DenseFrame, ReplayOutcome } from '../../runtime/protocol.ts'
import { attachDense } from '../../runtime/queryRecord.ts'
import { useEpisodeStore } from '../../stores/episodeStore.ts'
import { methodSettings, useMethodStore } from '../../stores/methodStore.ts'
import { useModelStore } from '../../stores/modelStore.ts'
import { useSweepStore } from '../../stores/sweepStore.ts'
import type { SweepCommands, SweepRequest } from '../../stores/sweepStore.ts'
import { describeSweep, isActive, settingsOfCell, whyNotHere } from '../../stores/sweepStoreRun.ts'
import { useTriedStore } from '../../stores/triedStore.ts'
import { messageOf } from '../addresses.ts'
import { openInWorker } from './openInWorker.ts'
import { emptyRun } from './runs.ts'
import { withoutScores } from './simulatorRecords.ts'
import { holdSweepLock } from './sweepLock.ts'
import { openSweepNews } from './sweepNews.ts'
import { isWorkerTaken, onTurnChange, whoGoesFirst } from './workerTurns.ts'

/** The cell under way; another object for every attempt. */
interface Attempt {
  client: InferenceClient
}

/**
 * Makes the controller of sweeps: one cell after another, whenever the worker has nothing else to do. A cell that is
 * interrupted is begun again, so that every finished one had the worker to itself.
 * @param inference the loaded worker; undefined while there is none
 */
export function createSweepController(inference: () => InferenceClient | undefined): SweepCommands {
  const store = useSweepStore.getState
  let opening: Promise<SweepKeeper> | undefined
  let cells: KeptCell[] = []
  let attempt: Attempt | undefined
  let releaseLock = () => {}

  const keeper = () => (opening ??= openSweepKeeper())

  /** What cannot be kept is no reason to stop; the reader is told. */
  const keep = (write: (keeper: SweepKeeper) => Promise<void>) => {
    keeper()
      .then(async (kept) => {
        await write(kept)
        if (!kept.persistent) store().update({ note: 'This browser keeps nothing here: a reload ends the sweep.' })
      })
      .catch((error: unknown) => {
        store().update({ note: `What was measured is not kept for the next visit: ${messageOf(error)}` })
      })
  }

  const drop = () => {
    if (!attempt) return
    const { client } = attempt
    attempt = undefined
    store().handle({ type: 'progress', current: undefined })
    if (client === inference() && !isWorkerTaken()) void client.cancel()
  }

  const next = () => {
    const { run, waiting } = store()
    if (run.phase !== 'running' || !run.plan) return
    const client = inference()
    const reason = whyNotHere(run.plan, openNow()) ?? whoGoesFirst()
    if (reason !== waiting) store().update({ waiting: reason })
    if (reason !== undefined || attempt?.client !== client) drop()
    const index = nextCell(run.plan.axes, run.cells)
    if (reason === undefined && !attempt && client && index !== undefined) void measure(client, run.plan, index)
  }

  const measure = async (client: InferenceClient, plan: SweepPlan, index: number) => {
    const mine: Attempt = { client }
    attempt = mine
    const isMine = () => attempt === mine
    try {
      const finished = await replayCell(client, plan, index, isMine)
      if (!isMine()) return
      attempt = undefined
      if (finished) finish(plan, finished)
      next()
    } catch (error) {
      if (!isMine()) return
      pause()
      store().update({ note: `Paused: ${messageOf(error)}` })
    }
  }

  const finish = (plan: SweepPlan, finished: KeptCell) => {
    cells.push(finished)
    if (finished.run) useTriedStore.getState().add(finished.run, 'live')
    store().handle({ type: 'cell', planId: plan.id, cell: finished.cell })
    keep((kept) => kept.add(plan.id, finished))
    if (!isActive(store().run)) releaseLock()
  }

  const readKept = async () => {
    try {
      const kept = await (await keeper()).read()
      if (!kept || store().run.phase !== 'idle') return
      cells = [...kept.cells]
      store().handle({ type: 'restore', kept: kept.sweep })
      for (const { run } of cells) if (run) useTriedStore.getState().add(run, 'live')
    } catch (error) {
      store().update({ note: `What an earlier visit kept cannot be read: ${messageOf(error)}` })
    }
  }

  const news = openSweepNews(whatRuns, (elsewhere) => {
    store().update({ elsewhere })
    if (elsewhere === undefined) void readKept()
  })
  // Not with every query: once a cell, and when it has to wait or goes on.
  useSweepStore.subscribe(({ run, waiting }, before) => {
    const text = whatRuns()
    const same = run.phase === before.run.phase && run.cells === before.run.cells && waiting === before.waiting
    if (text !== undefined && !same) news.tell(text)
  })

  const lock = async () => {
    const release = await holdSweepLock()
    if (release) releaseLock = release
    else store().update({ note: 'A sweep is running in another tab of this browser. Pause or end it there first.' })
    return release !== undefined
  }

  const pause = () => {
    store().handle({ type: 'pause' })
    drop()
    releaseLock()
  }

  onTurnChange(next)
  useEpisodeStore.subscribe(next)
  useModelStore.subscribe(next)

  return {
    async restore() {
      if (store().looked) return
      store().update({ looked: true })
      // What another tab is adding to is shown when that has ended.
      if (!(await news.ask())) await readKept()
    },
    async start(request) {
      const plan = planOf(request)
      if (!plan || isActive(store().run) || !(await lock())) return
      cells = []
      store().update({ note: undefined, waiting: undefined })
      store().handle({ type: 'start', plan })
      keep((kept) => kept.begin(plan, []))
      next()
    },
    pause,
    async resume() {
      const { plan, phase } = store().run
      if (!plan || phase !== 'paused' || !(await lock())) return
      store().update({ note: undefined, waiting: undefined })
      store().handle({ type: 'resume' })
      // Another tab may have kept its own in the meantime.
      const sofar = [...cells]
      keep((kept) => kept.begin(plan, sofar))
      next()
    },
    abort() {
      const { plan } = store().run
      store().handle({ type: 'abort' })
      drop()
      releaseLock()
      if (plan) keep((kept) => kept.abort(plan))
    },
  }
}

/** What this tab's sweep does, for other tabs; undefined while it does nothing. */
function whatRuns(): string | undefined {
  const { run, waiting } = useSweepStore.getState()
  return run.phase === 'running' ? describeSweep(run, waiting) : undefined
}

/** What is open in the page, for {@link whyNotHere}. */
function openNow(): Parameters<typeof whyNotHere>[1] {
  const model = useModelStore.getState().load
  if (model.status !== 'ready') return { model: undefined, episode: undefined }
  const head = emptyRun(model.model, methodSettings(useMethodStore.getState()))
  return { model: head.model, episode: head.episode }
}

/** The plan for the open episode and model. */
function planOf(request: SweepRequest): SweepPlan | undefined {
  const model = useModelStore.getState().load
  if (model.status !== 'ready') return undefined
  const { executeSteps, seed, forced, instruction, engine } = useMethodStore.getState()
  const head = emptyRun(model.model, methodSettings(useMethodStore.getState()))
  if (!head.episode) return undefined
  return {
    id: head.createdAt,
    createdAt: head.createdAt,
    app: head.app,
    model: head.model,
    episode: head.episode,
    ...request,
    executeSteps,
    seed,
    forced,
    instruction,
    engine,
  }
}

/**
 * Runs one cell over the episode.
 * @returns undefined if it has to be begun again: it was interrupted, or the backend changed in the middle
 */
async function replayCell(
  client: InferenceClient,
  plan: SweepPlan,
  index: number,
  isWanted: () => boolean,
): Promise<KeptCell | undefined> {
  const { load } = useEpisodeStore.getState()
  const model = useModelStore.getState().load
  if (load.status !== 'ready' || model.status !== 'ready') return undefined
  await openInWorker(client, load.frames)
  if (!isWanted()) return undefined
  const settings = settingsOfCell(plan, { values: cellValues(plan.axes, index) })
  const head = emptyRun(model.model, settings)
  const { methodId, parameters, executeSteps, seed, forced, instruction } = settings
  const total = Math.ceil(load.frames.frames / executeSteps)
  const queries: QueryRecord[] = []
  const dense = new Map<number, DenseFrame>()
  let sameBackend = true
  const progress = () => {
    if (!isWanted()) return
    const current = { index, done: queries.length, total: Math.max(total, queries.length) }
    useSweepStore.getState().handle({ type: 'progress', current })
  }
  progress()
  const startedMs = performance.now()
  const outcome = await client.replay(
    {
      episodeKey: load.frames.key,
      methodId,
      parameters: { ...parameters },
      executeSteps,
      seed,
      forced,
      instruction,
      engine: plan.engine,
    },
    (event) => {
      if (event.type === 'dense') dense.set(event.frame.step, event.frame)
      if (event.type === 'query') {
        queries.push(withoutScores(event.record))
        progress()
      }
      if (event.type !== 'backend') return
      sameBackend = false
      useModelStore.getState().setChoice(event.choice, event.reason)
    },
  )
  if (!sameBackend) return undefined
  const run = { ...head, queries: attachDense(queries, dense) }
  return cellOf(outcome, run, {
    index,
    values: cellValues(plan.axes, index),
    measuredAt: new Date().toISOString(),
    elapsedMs: performance.now() - startedMs,
  })
}

function cellOf(
  outcome: ReplayOutcome,
  run: RunRecord,
  base: Omit<MeasuredCell, 'status' | 'device' | 'measures'>,
): KeptCell | undefined {
  if (outcome.status === 'aborted') return undefined
  const failed = (message: string): { cell: SweepCell } => ({ cell: { ...base, status: 'failed', message } })
  if (outcome.status === 'failed') return failed(outcome.message)
  const measures = measureRun(run)
  if (!measures) return failed('The run was not compared with the dense policy.')
  return { cell: { ...base, status: 'measured', device: run.device, measures }, run }
}
