import type { InferenceClient } from '../../runtime/client.ts'
import { suiteOf } from '../../simulation/instructedTask.ts'
import { horizonOf } from '../../simulation/tasks.ts'
import { useModelStore } from '../../stores/modelStore.ts'
import { useRolloutStore } from '../../stores/rolloutStore.ts'
import type { RolloutCommands } from '../../stores/rolloutStore.ts'
import { isActive, nextJob } from '../../stores/rolloutStoreRun.ts'
import type { RolloutEpisode, RolloutJob, RolloutPlan, RolloutRun } from '../../stores/rolloutStoreRun.ts'
import { messageOf } from '../addresses.ts'
import { playClosedLoop } from './closedLoop.ts'
import { openSimulator } from './simulatorClient.ts'
import type { SimulatorClient } from './simulatorClient.ts'
import { openSimulatedEpisode } from './simulatorEpisodes.ts'
import { closedLoopRecord, provenanceOf } from './simulatorRecords.ts'

const ROLLOUT_ID = 'rollouts'

/**
 * Makes the controller of closed-loop comparisons: the simulator and the policy play one episode after another.
 * @param inference the loaded worker; undefined while there is none
 */
export function createRolloutController(inference: () => InferenceClient | undefined): RolloutCommands {
  const store = useRolloutStore.getState
  let opening: Promise<SimulatorClient> | undefined
  let viewed = false
  /** Grows with every start and stop: what belongs to an older run is dropped. */
  let generation = 0

  const simulator = () => {
    opening ??= openSimulator(
      (frame) => store().show(frame),
      (message) => {
        opening = undefined
        store().handle({ type: 'fail', message })
      },
    ).catch((error: unknown) => {
      opening = undefined
      throw error
    })
    return opening
  }

  /** For the simulator if there is one; that it failed to open has been said where it was opened. */
  const ifOpen = (action: (client: SimulatorClient) => unknown) => {
    opening?.then(action).catch(() => {})
  }

  const releaseWhenIdle = () => {
    if (viewed || isActive(store().run) || store().opening !== undefined) return
    ifOpen((client) => client.close())
    opening = undefined
    store().show(undefined)
  }

  const playAll = async (mine: number) => {
    try {
      for (let job = nextJob(store().run); job && mine === generation; job = nextJob(store().run)) {
        store().handle({ type: 'begin', job })
        const episode = await playEpisode(await simulator(), inference(), store().run, job)
        if (mine !== generation) return
        store().handle({ type: 'episode', episode })
      }
    } catch (error) {
      if (mine === generation) store().handle({ type: 'fail', message: messageOf(error) })
    } finally {
      if (mine === generation) releaseWhenIdle()
    }
  }

  const endRollout = () => {
    generation++
    void inference()?.cancelRollout(ROLLOUT_ID)
    ifOpen(({ service }) => service.resume())
  }

  return {
    start(plan: RolloutPlan) {
      const { load } = useModelStore.getState()
      if (load.status !== 'ready' || isActive(store().run)) return
      const provenance = provenanceOf(load.model, plan.horizonSteps ?? horizonOf(suiteOf(plan.suite)))
      store().handle({ type: 'start', plan, provenance })
      void playAll(++generation)
    },
    pause() {
      store().handle({ type: 'pause' })
      ifOpen(({ service }) => service.pause())
    },
    resume() {
      store().handle({ type: 'resume' })
      ifOpen(({ service }) => service.resume())
    },
    stop() {
      store().handle({ type: 'stop' })
      endRollout()
      releaseWhenIdle()
    },
    async openEpisode(seed, settingId) {
      const { run } = store()
      const episode = run.episodes.find((each) => each.seed === seed && each.settingId === settingId)
      const setting = run.plan?.settings.find(({ id }) => id === settingId)
      if (!episode || !setting || !run.plan || !run.provenance) return
      store().setOpening(`${seed}:${settingId}`)
      try {
        const { suite, executeSteps, methodSeed } = run.plan
        const { instruction, actions, successes, success, steps, failure, queries } = episode
        const { service } = await simulator()
        const frames = await service.render({ suite, seed, instruction, actions, success: successes })
        const { methodId: id, presetId, parameters } = setting
        const record = closedLoopRecord(
          run.provenance,
          {
            instruction,
            method: { id, ...(presetId === undefined ? {} : { preset: presetId }), parameters: { ...parameters } },
            executeSteps,
            seed: methodSeed,
            task: { suite, seed },
            outcome: { success, steps, ...(failure === undefined ? {} : { failure }) },
          },
          queries,
        )
        openSimulatedEpisode({ frames, run: record }, [setting.title, `${suite}, seed ${seed}`])
        store().setOpening(undefined)
      } catch (error) {
        store().setOpening(undefined, messageOf(error))
      }
      releaseWhenIdle()
    },
    enter() {
      viewed = true
    },
    leave() {
      viewed = false
      releaseWhenIdle()
    },
  }
}

/** Plays one episode of the running plan. @throws with a sentence for people */
async function playEpisode(
  simulator: SimulatorClient,
  client: InferenceClient | undefined,
  { plan }: RolloutRun,
  { seed, setting }: RolloutJob,
): Promise<RolloutEpisode> {
  if (!client || !plan) throw new Error('The policy is not loaded any more.')
  const { methodId, parameters, id: settingId } = setting
  const played = await playClosedLoop(
    simulator,
    client,
    { ...plan, id: ROLLOUT_ID, seed, methodId, parameters },
    (query) => useRolloutStore.getState().setQuery(query),
  )
  return { seed, settingId, ...played }
}
