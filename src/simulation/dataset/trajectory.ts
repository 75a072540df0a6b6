import { createRandom, deriveSeed, type Random, randomInteger, uniform } from '../../core/random.ts'
import { Demonstrator, type Mistake, randomNoise } from '../demonstrator.ts'
import type { SimulationEnvironment } from '../environment.ts'
import { decide } from '../expert.ts'
import type { ToolPose } from '../geometry.ts'
import { Episode } from '../rollout.ts'
import { createTask, type SuiteId, type TaskDefinition, withTarget } from '../tasks.ts'
import { type Sample, takeSample } from './sample.ts'

/** Share of the episodes whose instruction changes during the approach. */
const SWITCH_SHARE = 0.5
const MISSED_GRASP_SHARE = 0.18
const DROP_SHARE = 0.14

/** Longer than in evaluation: noise, switches and mistakes take time. */
const HORIZON_STEPS = 220

/** How one training episode deviates from the clean one. */
interface Plan {
  task: TaskDefinition
  mistake: Mistake | undefined
  noise: number
  /** Step at which the instruction changes to this other object. */
  change: { step: number; object: number } | undefined
  /** Whether even or odd frames are kept: neighbours look alike. */
  parity: number
}

/**
 * Plays one training episode and samples every second frame, labelled with what the clean expert would do there.
 * @returns the samples, or none when the episode did not succeed.
 */
export function trajectorySamples(environment: SimulationEnvironment, suite: SuiteId, seed: number): Sample[] {
  const random = createRandom(deriveSeed(seed, 'trajectory'))
  const plan = makePlan(random, suite, seed)
  const episode = new Episode(environment, plan.task, HORIZON_STEPS)
  const demonstrator = new Demonstrator({ random, noise: plan.noise, ...(plan.mistake && { mistake: plan.mistake }) })
  const samples: Sample[] = []
  for (let step = 0; ; step++) {
    const world = environment.world()
    const { phase } = decide(world, episode.task, episode.activeGoal)
    const approaching = phase === 'approach' || phase === 'raise' || phase === 'descend'
    if (plan.change && step >= plan.change.step && approaching) {
      episode.switchTask(withTarget(plan.task, plan.change.object))
      plan.change = undefined
    }
    if (step % 2 === plan.parity) samples.push(takeSample(environment, episode.activeGoal))
    const action = demonstrator.act(world, episode.task, episode.activeGoal)
    const { success, done } = episode.step(action)
    if (done) return success ? samples : []
  }
}

function makePlan(random: Random, suite: SuiteId, seed: number): Plan {
  const task = createTask(suite, seed)
  const target = task.goals[0].object
  const fate = random()
  const others = task.objects.length - 1
  return {
    task: random() < 0.7 ? { ...task, start: anyStart(random) } : task,
    mistake: fate < MISSED_GRASP_SHARE ? 'missed-grasp' : fate < MISSED_GRASP_SHARE + DROP_SHARE ? 'drop' : undefined,
    noise: randomNoise(random),
    change:
      random() < SWITCH_SHARE
        ? { step: 3 + randomInteger(random, 14), object: (target + 1 + randomInteger(random, others)) % (others + 1) }
        : undefined,
    parity: randomInteger(random, 2),
  }
}

/** Any place high enough to touch nothing. */
function anyStart(random: Random): ToolPose {
  return {
    x: uniform(random, -0.16, 0.18),
    y: uniform(random, -0.28, 0.28),
    z: uniform(random, 0.12, 0.32),
    yaw: uniform(random, -0.9, 0.9),
  }
}
