import { createRandom, deriveSeed } from '../core/random.ts'
import type { Action, Observation } from '../core/schema/observation.ts'
import { Demonstrator, type Mistake } from './demonstrator.ts'
import type { SimulationEnvironment } from './environment.ts'
import { decide, type Phase } from './expert.ts'
import { startEpisode } from './rollout.ts'
import type { SuiteId } from './tasks.ts'

/** Which episode to record. */
export interface RecordingOptions {
  suite: SuiteId
  seed: number
  /** Lets the expert miss or drop once and recover. */
  mistake?: Mistake
}

/** One control step of a recording: what was seen, and what was then done. */
export interface RecordedFrame {
  observation: Observation
  action: Action
  /** The simulator's state before the action, for {@link SimulationEnvironment.setState}. */
  state: Float64Array
  phase: Phase
  /** Whether the episode is solved after the action; true on the last frame of a solved episode only. */
  success: boolean
}

/**
 * Plays the expert through an episode and yields its frames, rendered, until success or the horizon.
 * The environment is reset and must not be used otherwise meanwhile.
 */
export function* recordExpertEpisode(
  environment: SimulationEnvironment,
  { suite, seed, mistake }: RecordingOptions,
): Generator<RecordedFrame, void, undefined> {
  const episode = startEpisode(environment, suite, seed)
  const random = createRandom(deriveSeed(seed, 'recording'))
  const demonstrator = new Demonstrator({ random, ...(mistake && { mistake }) })
  for (let done = false; !done;) {
    const world = environment.world()
    const observation = episode.observe()
    const state = environment.getState()
    const { phase } = decide(world, episode.task, episode.activeGoal)
    const action = demonstrator.act(world, episode.task, episode.activeGoal)
    const result = episode.step(action)
    done = result.done
    yield { observation, action, state, phase, success: result.success }
  }
}
