import { createRandom, deriveSeed, type Random, randomInteger, uniform } from '../../core/random.ts'
import { Demonstrator, type Mistake, randomNoise } from '../demonstrator.ts'
import type { SimulationEnvironment } from '../environment.ts'
import { decide } from '../expert.ts'
import type { ToolPose } from '../geometry.ts'
import { Episode } from '../rollout.ts'
import { alternativeTasks, createTask, type SuiteId, type TaskDefinition, type Wording } from '../tasks.ts'
import { FLAGS, type Sample, type SampleFormat, takeSample } from './sample.ts'

/** Share of the episodes whose instruction changes during the approach. */
const SWITCH_SHARE = 0.5
const MISSED_GRASP_SHARE = 0.18
const DROP_SHARE = 0.14

/** Longer than in evaluation: noise, switches and mistakes take time. Per goal. */
const HORIZON_STEPS = 220

/** How one training episode deviates from the clean one. */
interface Plan {
  task: TaskDefinition
  mistake: Mistake | undefined
  noise: number
  /** Step at which the instruction changes to this other task. */
  change: { step: number; task: TaskDefinition } | undefined
  /** Whether even or odd frames are kept: neighbours look alike. */
  parity: number
}

/** What one training episode is drawn from. */
export interface EpisodeSource {
  suite: SuiteId
  seed: number
  wording: Wording
  format: SampleFormat
}

/**
 * Plays one training episode and samples every second frame, labelled with what the clean expert would do there.
 * @returns the samples, or none when the episode did not succeed.
 */
export function trajectorySamples(
  environment: SimulationEnvironment,
  { suite, seed, wording, format }: EpisodeSource,
): Sample[] {
  const random = createRandom(deriveSeed(seed, 'trajectory'))
  const plan = makePlan(random, createTask(suite, seed, wording))
  const episode = new Episode(environment, plan.task, HORIZON_STEPS * plan.task.goals.length)
  const flags = (plan.change ? FLAGS.switched : 0) | (plan.mistake ? FLAGS.mistake : 0)
  const demonstrator = new Demonstrator({ random, noise: plan.noise, ...(plan.mistake && { mistake: plan.mistake }) })
  const samples: Sample[] = []
  for (let step = 0; ; step++) {
    const world = environment.world()
    const { phase } = decide(world, episode.task, episode.activeGoal)
    const approaching = phase === 'approach' || phase === 'raise' || phase === 'descend'
    const first = episode.activeGoal === episode.task.goals[0]
    if (plan.change && step >= plan.change.step && approaching && first) {
      episode.switchTask(plan.change.task)
      plan.change = undefined
    }
    if (step % 2 === plan.parity) samples.push(takeSample(environment, episode.activeGoal, { format, flags }))
    const action = demonstrator.act(world, episode.task, episode.activeGoal)
    const { success, done } = episode.step(action)
    if (done) return success ? samples : []
  }
}

function makePlan(random: Random, drawn: TaskDefinition): Plan {
  const fate = random()
  const task = random() < 0.7 ? { ...drawn, start: anyStart(random) } : drawn
  const others = alternativeTasks(task)
  return {
    task,
    mistake: fate < MISSED_GRASP_SHARE ? 'missed-grasp' : fate < MISSED_GRASP_SHARE + DROP_SHARE ? 'drop' : undefined,
    noise: randomNoise(random),
    change:
      random() < SWITCH_SHARE
        ? { step: 3 + randomInteger(random, 14), task: others[randomInteger(random, others.length)] }
        : undefined,
    parity: randomInteger(random, 2),
  }
}

/** Any place high enough to touch nothing. */
export function anyStart(random: Random): ToolPose {
  return {
    x: uniform(random, -0.16, 0.18),
    y: uniform(random, -0.28, 0.28),
    z: uniform(random, 0.12, 0.32),
    yaw: uniform(random, -0.9, 0.9),
  }
}
