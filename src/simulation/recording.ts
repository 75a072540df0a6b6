import { createRandom, deriveSeed } from '../core/random.ts'
import { ACTION_SIZE, type Action, type Observation } from '../core/schema/observation.ts'
import { Demonstrator, type Mistake } from './demonstrator.ts'
import type { SimulationEnvironment } from './environment.ts'
import { decide, type Phase } from './expert.ts'
import { type Episode, startEpisode } from './rollout.ts'
import type { SuiteId } from './tasks.ts'
import type { WorldState } from './world.ts'

/** Which episode to record. */
export interface RecordingOptions {
  suite: SuiteId
  seed: number
}

/** Who acts in a recording: asked once a control step. */
export type Actor = (moment: {
  observation: Observation
  world: WorldState
  episode: Episode
}) => Action | Promise<Action>

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
 * The expert, exact but for a mistake from which it recovers.
 * @param mistake lets it miss or drop once
 */
export function expertActor(seed: number, mistake?: Mistake): Actor {
  const random = createRandom(deriveSeed(seed, 'recording'))
  const demonstrator = new Demonstrator({ random, ...(mistake && { mistake }) })
  return ({ world, episode }) => demonstrator.act(world, episode.task, episode.activeGoal)
}

/** A policy that executes its whole chunks. @param query an observation to a chunk of actions, `[steps x 7]` */
export function policyActor(query: (observation: Observation) => Promise<Float32Array>): Actor {
  const planned: Action[] = []
  return async ({ observation }) => {
    if (planned.length === 0) {
      const chunk = await query(observation)
      for (let at = 0; at < chunk.length; at += ACTION_SIZE) planned.push(chunk.slice(at, at + ACTION_SIZE))
    }
    const [action] = planned.splice(0, 1)
    return action
  }
}

/**
 * Plays an episode and yields its frames, rendered, until success or the horizon.
 * The environment is reset and must not be used otherwise meanwhile. A frame's phase is what the expert would be doing.
 */
export async function* recordEpisode(
  environment: SimulationEnvironment,
  { suite, seed }: RecordingOptions,
  actor: Actor,
): AsyncGenerator<RecordedFrame, void, undefined> {
  const episode = startEpisode(environment, suite, seed)
  for (let done = false; !done;) {
    const world = environment.world()
    const observation = episode.observe()
    const state = environment.getState()
    const { phase } = decide(world, episode.task, episode.activeGoal)
    const action = await actor({ observation, world, episode })
    const result = episode.step(action)
    done = result.done
    yield { observation, action, state, phase, success: result.success }
  }
}
