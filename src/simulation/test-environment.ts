import { afterAll, beforeAll } from 'vitest'
import { createEnvironment, type SimulationEnvironment } from './environment.ts'
import { actionTowards, decide } from './expert.ts'
import type { Episode } from './rollout.ts'

/** One environment for all tests of a file: compiling scenes is the slow part. */
export function sharedEnvironment(): () => SimulationEnvironment {
  let environment: SimulationEnvironment | undefined
  beforeAll(async () => {
    environment = await createEnvironment()
  })
  afterAll(() => environment?.dispose())
  return () => {
    if (environment === undefined) throw new Error('The environment exists only while tests run.')
    return environment
  }
}

/** Plays the clean expert for `steps` control steps or to the end of the episode; returns whether it succeeded. */
export function playExpert(environment: SimulationEnvironment, episode: Episode, steps = Infinity): boolean {
  for (let i = 0; i < steps; i++) {
    const world = environment.world()
    const { success, done } = episode.step(
      actionTowards(world.command, decide(world, episode.task, episode.activeGoal)),
    )
    if (done) return success
  }
  return false
}
