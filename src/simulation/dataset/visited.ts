import { createRandom, deriveSeed, randomInteger } from '../../core/random.ts'
import { ACTION_SIZE, type Observation } from '../../core/schema/observation.ts'
import type { SimulationEnvironment } from '../environment.ts'
import { Episode } from '../rollout.ts'
import { isHolding } from '../predicates.ts'
import { createTask, type Goal, type TaskDefinition } from '../tasks.ts'
import type { WorldState } from '../world.ts'
import { type Sample, takeSample } from './sample.ts'
import { anyStart, type EpisodeSource } from './trajectory.ts'

/** A policy, as the data engine needs it: an observation to a chunk of actions, `[steps x 7]`. */
export type ChunkPolicy = (observation: Observation) => Promise<Float32Array>

/** Shorter than in evaluation: a policy that is stuck shows the same again and again. Per goal. */
const HORIZON_STEPS = 120

/** Share of the episodes that start anywhere instead of at the usual place. */
const ANY_START_SHARE = 0.3

/**
 * Lets a policy act, and labels what it comes to see with what the clean expert would do there (Ross et al. 2011,
 * arXiv 1011.0686): its own mistakes are where it needs the expert most, and no demonstration leads there. Sampled are
 * the frames at which the policy is asked and, of each chunk, one in between. Failed episodes are kept. Left out is what
 * no observer could label: a look-alike of the target in the hand, of which nothing shows that it is the wrong one.
 */
export async function visitedSamples(
  environment: SimulationEnvironment,
  { suite, seed, wording, format }: EpisodeSource,
  policy: ChunkPolicy,
): Promise<Sample[]> {
  const random = createRandom(deriveSeed(seed, 'visited'))
  const drawn = createTask(suite, seed, wording)
  const task = random() < ANY_START_SHARE ? { ...drawn, start: anyStart(random) } : drawn
  const episode = new Episode(environment, task, HORIZON_STEPS * task.goals.length)
  const samples: Sample[] = []
  for (;;) {
    const chunk = await policy(episode.observe())
    const steps = chunk.length / ACTION_SIZE
    const between = 1 + randomInteger(random, steps - 1)
    for (let i = 0; i < steps; i++) {
      const asked = i === 0 || i === between
      if (asked && !holdsLookAlike(environment.world(), task, episode.activeGoal))
        samples.push(takeSample(environment, episode.activeGoal, { format }))
      if (episode.step(chunk.slice(i * ACTION_SIZE, (i + 1) * ACTION_SIZE)).done) return samples
    }
  }
}

/** Whether the fingers hold something that looks like the target and is not. */
function holdsLookAlike(world: WorldState, task: TaskDefinition, { object }: Goal): boolean {
  const target = task.objects[object]
  return task.objects.some(
    (other, index) =>
      index !== object &&
      other.colour === target.colour &&
      other.shape === target.shape &&
      isHolding(world, task, index),
  )
}
