import { describe, expect, it } from 'vitest'
import { FIXTURES } from './fixtures.ts'
import { isGoalMet, isHolding, isInside, isLifted, isReleased } from './predicates.ts'
import { SHAPES } from './shapes.ts'
import { createTask } from './tasks.ts'
import { initialWorld, type WorldState } from './world.ts'

const task = createTask('object', 0)
const [goal] = task.goals
const shape = SHAPES[task.objects[goal.object].shape]
const tray = task.fixtures[0]

function world(): WorldState {
  const heights = task.objects.map((object) => SHAPES[object.shape].restHeightM)
  return initialWorld(task, heights, 0.04)
}

function placed(): WorldState {
  const state = world()
  const z = shape.restHeightM + FIXTURES.tray.surfaceHeightM
  state.objects[goal.object] = { x: tray.x, y: tray.y, z, yaw: 0 }
  state.tool = { x: tray.x, y: tray.y, z, yaw: 0 }
  return state
}

function held(): WorldState {
  const state = placed()
  state.gripper = 'close'
  state.openingM = shape.graspHalfWidthM - 0.001
  return state
}

describe('predicates', () => {
  it('knows nothing to be met at the start', () => {
    expect(isGoalMet(world(), task, goal)).toBe(false)
    expect(isHolding(world(), task, goal.object)).toBe(false)
    expect(isLifted(world(), task, goal.object)).toBe(false)
  })

  it('needs the object to be let go', () => {
    expect(isInside(held(), task, goal)).toBe(true)
    expect(isHolding(held(), task, goal.object)).toBe(true)
    expect(isReleased(held(), task, goal.object)).toBe(false)
    expect(isGoalMet(held(), task, goal)).toBe(false)
    expect(isGoalMet(placed(), task, goal)).toBe(true)
  })

  it('does not count an object above the tray or on its edge', () => {
    const above = placed()
    above.objects[goal.object].z += 0.05
    const edge = placed()
    edge.objects[goal.object].x += FIXTURES.tray.acceptHalfSideM + 0.001
    expect([above, edge].map((state) => isGoalMet(state, task, goal))).toEqual([false, false])
    expect(isLifted(above, task, goal.object)).toBe(true)
  })

  it('does not take fingers closed on nothing, or beside the object, for a grasp', () => {
    const empty = held()
    empty.openingM = 0.001
    const beside = held()
    beside.tool.x += 0.04
    expect([empty, beside].map((state) => isHolding(state, task, goal.object))).toEqual([false, false])
  })
})
