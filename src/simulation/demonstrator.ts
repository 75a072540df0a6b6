import { normal, type Random, uniform } from '../core/random.ts'
import type { Action } from '../core/schema/observation.ts'
import { expertAction, graspPose } from './expert.ts'
import { clamp } from './geometry.ts'
import { isHolding } from './predicates.ts'
import { SHAPES } from './shapes.ts'
import type { Goal, TaskDefinition } from './tasks.ts'
import { copyWorld, type WorldState } from './world.ts'

/** Something that goes wrong once, after which the expert recovers. */
export type Mistake = 'missed-grasp' | 'drop'

/** How a demonstrator deviates from the clean expert. */
export interface DemonstratorOptions {
  random: Random
  mistake?: Mistake
  /** Standard deviation of the action noise, as a share of the action range; 0 by default. */
  noise?: number
}

/** Memory of the action noise from one step to the next. */
const NOISE_MEMORY = 0.6

/** Height of the object at which an injected drop happens, m: low enough to stay upright. */
const DROP_HEIGHT_M = 0.06

/** Travel of the fingers at which a dropped object has surely left them, m. */
const DROPPED_OPENING_M = 0.034

/** Plays the expert with noise and, once, a mistake. It has memory; make one for each episode. */
export class Demonstrator {
  private readonly options: DemonstratorOptions
  private readonly noise = new Float64Array(4)
  private readonly side: number
  private mistake: Mistake | undefined
  private dropping = false

  constructor(options: DemonstratorOptions) {
    this.options = options
    this.mistake = options.mistake
    this.side = options.random() < 0.5 ? -1 : 1
  }

  /** Whether the planned mistake is still to come or under way. */
  get mistakePending(): boolean {
    return this.mistake !== undefined
  }

  /** The action to execute in a state. */
  act(world: WorldState, task: TaskDefinition, goal: Goal): Action {
    const action = this.intendedAction(world, task, goal)
    const scale = this.options.noise ?? 0
    if (scale > 0) this.addNoise(action, scale)
    return action
  }

  private intendedAction(world: WorldState, task: TaskDefinition, goal: Goal): Action {
    if (goal.manner === 'push') return expertAction(world, task, goal)
    if (this.mistake === 'missed-grasp') {
      const missed = world.gripper === 'close' && world.openingM < 0.008
      if (!missed) return expertAction(this.misjudged(world, task, goal), task, goal)
      this.mistake = undefined
    }
    if (this.mistake === 'drop') {
      if (isHolding(world, task, goal.object) && world.objects[goal.object].z > DROP_HEIGHT_M) this.dropping = true
      if (this.dropping && world.openingM < DROPPED_OPENING_M) return Float32Array.of(0, 0, 0, 0, 0, 0, 1)
      if (this.dropping) this.mistake = undefined
    }
    return expertAction(world, task, goal)
  }

  /** The state with the target believed so far along the fingers' broad side that they close on nothing. */
  private misjudged(world: WorldState, task: TaskDefinition, goal: Goal): WorldState {
    const believed = copyWorld(world)
    const { yaw } = graspPose(world, task, goal.object)
    const shift = this.side * (SHAPES[task.objects[goal.object].shape].footprintRadiusM + 0.018)
    believed.objects[goal.object].x += shift * Math.cos(yaw)
    believed.objects[goal.object].y += shift * Math.sin(yaw)
    return believed
  }

  private addNoise(action: Action, scale: number): void {
    const { random } = this.options
    for (let i = 0; i < 4; i++) {
      const fresh = Math.sqrt(1 - NOISE_MEMORY * NOISE_MEMORY) * normal(random)
      this.noise[i] = NOISE_MEMORY * this.noise[i] + fresh
      const component = i === 3 ? 5 : i
      action[component] = clamp(action[component] + scale * this.noise[i], -1, 1)
    }
  }
}

/** A random noise level for one episode: a third of the episodes are nearly clean. */
export function randomNoise(random: Random): number {
  return random() < 0.33 ? 0.03 : uniform(random, 0.06, 0.18)
}
