import type { QueryRecord, RunRecord } from '../../core/schema/runRecord.ts'
import { languageOf, readInstruction } from '../../core/tokens/instruction.ts'
import type { RecordedEpisode } from '../../data/episodeSource.ts'
import type { InferenceClient } from '../../runtime/client.ts'
import type { LoadedModel, RolloutEvent, RolloutOutcome, RolloutSettings } from '../../runtime/protocol.ts'
import { methodSettings, useMethodStore } from '../../stores/methodStore.ts'
import { useModelStore } from '../../stores/modelStore.ts'
import { useSimulatorStore } from '../../stores/simulatorStore.ts'
import type { SimulatorCommands, SimulatorState } from '../../stores/simulatorStore.ts'
import { messageOf } from '../addresses.ts'
import { offerPolicyFor } from './language.ts'
import { readManifest } from './model.ts'
import { defineOwnSelector } from './ownSelector.ts'
import { openSimulator } from './simulatorClient.ts'
import type { SimulatorClient } from './simulatorClient.ts'
import { openSimulatedEpisode } from './simulatorEpisodes.ts'
import { downloadEpisode } from './simulatorExport.ts'
import { closedLoopRecord, provenanceOf } from './simulatorRecords.ts'

const ROLLOUT_ID = 'simulator'

/** Control steps of an episode by hand: more than any suite's own, for a person may interfere. */
const HORIZON_STEPS = 450

/** Real time: 20 control steps a second. */
const STEP_MS = 50

/** Rest of a slider after which the rollout takes the settings over. */
const SETTINGS_DELAY_MS = 150

/**
 * Makes the controller of the live simulator.
 * @param inference the loaded worker; undefined while there is none
 */
export function createSimulatorController(inference: () => InferenceClient | undefined): SimulatorCommands {
  const store = useSimulatorStore.getState
  let opening: Promise<SimulatorClient> | undefined
  let queries: QueryRecord[] = []
  /** Grows with every episode and with leaving: answers for an older one are dropped. */
  let generation = 0

  const open = () => {
    opening ??= openSimulator(
      (frame) => {
        if (frame.episode === store().begun?.episode || store().phase.status === 'opening') store().update({ frame })
      },
      (message) => {
        opening = undefined
        store().update({ phase: { status: 'failed', message } })
      },
    ).catch((error: unknown) => {
      opening = undefined
      throw error
    })
    return opening
  }

  const cancelRollout = async () => {
    generation++
    await inference()?.cancelRollout(ROLLOUT_ID)
    const simulator = await opening?.catch(() => undefined)
    await simulator?.service.resume()
  }

  const begin = async (suite: string, seed: number) => {
    await cancelRollout()
    const mine = generation
    queries = []
    store().update({ phase: { status: 'opening' }, suite, seed, note: undefined, query: undefined, queryCount: 0 })
    try {
      const { service } = await open()
      await service.setPace(STEP_MS)
      const begun = await service.begin({ suite, seed, horizonSteps: HORIZON_STEPS })
      if (mine !== generation) return
      const { instruction } = begun
      store().update({
        phase: { status: 'waiting' },
        begun,
        instruction,
        instructionNote: noteOn(instruction),
        selectedObject: 0,
      })
    } catch (error) {
      if (mine === generation) store().update({ phase: { status: 'failed', message: messageOf(error) } })
    }
  }

  /** The settings that the rollout runs with, as text. */
  let told = ''

  const act = async () => {
    const client = inference()
    const { phase } = store()
    if (!client || !opening) return
    if (phase.status === 'paused') {
      store().update({ phase: { status: 'acting' } })
      await (await opening).service.resume()
      return
    }
    if (phase.status !== 'waiting') return
    const mine = ++generation
    store().update({ phase: { status: 'acting' }, note: undefined })
    const simulator = await opening
    const settings = panelSettings()
    told = JSON.stringify(settings)
    const request = { id: ROLLOUT_ID, episode: store().seed, horizonSteps: HORIZON_STEPS, ...settings }
    const take = (event: RolloutEvent) => {
      if (mine !== generation) return
      if (event.type === 'backend') useModelStore.getState().setChoice(event.choice, event.reason)
      else {
        queries.push(event.record)
        store().addQuery(event.record)
      }
    }
    try {
      await defineOwnSelector(client, settings.methodId)
      const outcome = await client.rollout(request, await simulator.connect(), take)
      if (mine === generation) ended(outcome)
    } catch (error) {
      if (mine === generation) store().update({ phase: { status: 'failed', message: messageOf(error) } })
    }
  }

  let timer: ReturnType<typeof setTimeout> | undefined
  useMethodStore.subscribe((state, before) => {
    const { status } = store().phase
    if (state.revision === before.revision || (status !== 'acting' && status !== 'paused')) return
    clearTimeout(timer)
    timer = setTimeout(() => {
      const settings = panelSettings()
      // Opening an episode sets the panel anew, mostly to what it was.
      if (JSON.stringify(settings) === told) return
      told = JSON.stringify(settings)
      const client = inference()
      if (!client) return
      defineOwnSelector(client, settings.methodId)
        .then(() => client.changeRollout(ROLLOUT_ID, settings))
        .then(
          () => store().update({ note: 'The next query uses the new settings; a method begins without memory.' }),
          (error: unknown) => store().update({ note: `The settings stay as they were: ${messageOf(error)}` }),
        )
    }, SETTINGS_DELAY_MS)
  })

  const move = async (index: number, place: { x: number; y: number }) => {
    const { begun } = store()
    if (!opening || !begun) return
    const outcome = await (await opening).service.moveObject(index, place)
    store().update({
      note: outcome.status === 'moved' ? `The ${begun.objects[index]} was moved.` : outcome.reason,
    })
  }

  /** Renders the rollout so far and does something with it. */
  const keep = async (take: (frames: RecordedEpisode) => unknown, done: string) => {
    if (!opening || !store().begun) return
    store().update({ saving: true })
    try {
      const { service } = await opening
      await take(await service.render(await service.recording()))
      store().update({ note: done })
    } catch (error) {
      store().update({ note: `The rollout could not be kept. ${messageOf(error)}` })
    } finally {
      store().update({ saving: false })
    }
  }

  const openInPlayer = (frames: RecordedEpisode) => {
    const { load } = useModelStore.getState()
    if (load.status !== 'ready') throw new Error('The policy is not loaded any more.')
    const { suite, seed } = store()
    openSimulatedEpisode({ frames, run: recordOf(load.model, frames, queries) }, [
      `${suite}, seed ${seed}`,
      'live simulator',
    ])
  }

  return {
    begin,
    act: () => void act(),
    pause() {
      if (store().phase.status !== 'acting') return
      store().update({ phase: { status: 'paused' } })
      opening?.then(({ service }) => service.pause()).catch(() => {})
    },
    stop() {
      const { phase, frame } = store()
      if (phase.status !== 'acting' && phase.status !== 'paused') return
      void cancelRollout()
      const steps = frame?.step ?? 0
      store().update({ phase: { status: 'ended', success: false, judged: false, failure: undefined, steps } })
    },
    async instruct(text) {
      store().update({ instruction: text })
      const wrong = noteOn(text)
      if (wrong || !opening) {
        store().update({ instructionNote: wrong })
        return
      }
      const { judged } = await (await opening).service.setInstruction(text)
      const unjudged = 'No goal of this scene has these words: the policy acts, success is not judged.'
      const { begun } = store()
      store().update({
        instructionNote: judged ? undefined : { kind: 'unjudged', text: unjudged },
        ...(begun ? { begun: { ...begun, judged } } : {}),
      })
    },
    move,
    async nudge(index, by) {
      if (!opening) return
      const { x, y } = await (await opening).service.objectPlace(index)
      await move(index, { x: x + by.x, y: y + by.y })
    },
    save: () => keep(openInPlayer, 'Opened in the player, in the list under “Played here”.'),
    download: () => keep(downloadRecording, 'Written as a LeRobot dataset.'),
    leave() {
      void cancelRollout()
      opening?.then((client) => client.close()).catch(() => {})
      opening = undefined
      queries = []
      store().update({ phase: { status: 'closed' }, begun: undefined, frame: undefined, query: undefined })
    },
  }
}

async function downloadRecording(frames: RecordedEpisode): Promise<void> {
  const { suite, seed } = useSimulatorStore.getState()
  const { methodId } = useMethodStore.getState()
  const about = `A rollout of the SpecPrune Playground: suite ${suite}, seed ${seed}, "${frames.instruction}", method ${methodId}.\nLeRobot v3.0. sim.phase is -1: no expert played it.\n`
  await downloadEpisode(`rollout-${suite}-${seed}`, frames, about)
}

/** The rollout as a run record, with the settings that the panel has now. */
function recordOf(model: LoadedModel, frames: RecordedEpisode, queries: readonly QueryRecord[]): RunRecord {
  const { phase, suite, seed } = useSimulatorStore.getState()
  const { methodId: id, presetId, parameters, executeSteps, seed: methodSeed } = useMethodStore.getState()
  const failure = phase.status === 'ended' ? phase.failure : undefined
  return closedLoopRecord(
    provenanceOf(model, HORIZON_STEPS),
    {
      instruction: frames.instruction,
      method: { id, ...(presetId === undefined ? {} : { preset: presetId }), parameters: { ...parameters } },
      executeSteps,
      seed: methodSeed,
      task: { suite, seed },
      outcome: {
        success: frames.success?.at(-1) === 1,
        steps: frames.frames,
        ...(failure === undefined ? {} : { failure }),
      },
    },
    queries,
  )
}

function panelSettings(): RolloutSettings {
  const { methodId, parameters, executeSteps, seed } = methodSettings(useMethodStore.getState())
  const { suite } = useSimulatorStore.getState()
  return { suite, methodId, parameters: { ...parameters }, executeSteps, seed }
}

function ended(outcome: RolloutOutcome): void {
  const { update, begun, frame } = useSimulatorStore.getState()
  switch (outcome.status) {
    case 'done': {
      const { success, failure, steps } = outcome
      update({ phase: { status: 'ended', success, judged: begun?.judged ?? true, failure, steps } })
      return
    }
    case 'failed':
      update({ phase: { status: 'failed', message: outcome.message } })
      return
    case 'aborted':
      update({
        phase: { status: 'ended', success: false, judged: false, failure: undefined, steps: frame?.step ?? 0 },
      })
  }
}

/** What is wrong with an instruction for the loaded policy, with the words that it knows; undefined if nothing is. A policy that
 * knows its words is offered, or an earlier offer is taken back. */
function noteOn(text: string): SimulatorState['instructionNote'] {
  const { load } = useModelStore.getState()
  if (load.status !== 'ready') return undefined
  const reading = readInstruction(text, languageOf(load.model.manifest))
  void offerPolicyFor(text, readManifest)
  return reading.status === 'wrong' ? { kind: 'wrong', text: reading.message } : undefined
}
