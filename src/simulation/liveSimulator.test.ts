import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { createEnvironment } from './environment.ts'
import { actionTowards, decide } from './expert.ts'
import { LiveSimulator, type SimulatorFrame } from './liveSimulator.ts'
import { renderRecording } from './recordedFrames.ts'
import { sharedEnvironment } from './test-environment.ts'
import { createTask } from './tasks.ts'

const environmentForReplay = sharedEnvironment()
const STILL = new Float32Array(7)

describe('LiveSimulator', () => {
  let environment: Awaited<ReturnType<typeof createEnvironment>>
  let frames: SimulatorFrame[] = []
  let simulator: LiveSimulator
  let clock = 0

  beforeAll(async () => {
    environment = await createEnvironment()
  })
  afterAll(() => environment.dispose())
  beforeEach(() => {
    frames = []
    clock = 0
    simulator = new LiveSimulator(environment, { onFrame: (frame) => frames.push(frame), now: () => clock })
  })

  it('shows the first frame at once and describes the scene', () => {
    const begun = simulator.begin({ suite: 'object', seed: 3 })
    expect(begun).toMatchObject({ episode: 1, judged: true, instruction: createTask('object', 3).instruction })
    expect(begun.objects).toHaveLength(4)
    expect(frames).toHaveLength(1)
    expect(frames[0].images.front.data).toHaveLength(128 * 128 * 3)
    expect(frames[0].poses).toHaveLength(begun.geometry.geoms.length * 12)
    expect(begun.geometry.geoms.filter(({ object }) => object !== undefined)).toHaveLength(4)
    expect(begun.geometry.geoms.some(({ shape }) => shape === 'capsule')).toBe(true)
  })

  it('refuses an unknown suite and names those that there are', () => {
    expect(() => simulator.begin({ suite: 'kitchen', seed: 0 })).toThrow(/no suite "kitchen".*object/)
  })

  it('shows frames when they are due, not every one', async () => {
    simulator.begin({ suite: 'object', seed: 3 })
    const world = simulator.world()
    await world.step(STILL)
    await world.observe()
    expect(frames).toHaveLength(1)
    clock = 40
    await world.observe()
    expect(frames.map(({ step }) => step)).toEqual([0, 1])
  })

  it('stands still while paused, and serves no driver of an earlier episode', async () => {
    simulator.begin({ suite: 'object', seed: 3 })
    const world = simulator.world()
    simulator.pause()
    let stepped = false
    const step = world.step(STILL).then(() => (stepped = true))
    await new Promise((resolve) => setTimeout(resolve, 20))
    expect(stepped).toBe(false)
    simulator.resume()
    await step
    expect(simulator.recording().actions).toHaveLength(7)
    simulator.begin({ suite: 'object', seed: 4 })
    await expect(world.step(STILL)).rejects.toThrow(/Another episode/)
    await expect(world.observe()).rejects.toThrow(/Another episode/)
  })

  it('moves an object by hand, which the cameras show, and refuses a place that is taken', async () => {
    const { objects } = simulator.begin({ suite: 'object', seed: 3 })
    const task = createTask('object', 3)
    const before = frames[0].images.front.data
    const from = simulator.objectPlace(0)
    expect(simulator.moveObject(0, { x: from.x + 0.01, y: from.y })).toEqual({ status: 'moved' })
    expect(simulator.objectPlace(0).x).toBeCloseTo(from.x + 0.01)
    expect(Buffer.compare(frames[1].images.front.data, before)).not.toBe(0)
    const blocked = simulator.moveObject(0, { x: task.objects[1].x, y: task.objects[1].y })
    expect(blocked).toEqual({ status: 'blocked', reason: `The ${objects[1]} is in the way.` })
    // What was moved stays where it was put.
    await simulator.world().step(STILL)
    expect(simulator.objectPlace(0).x).toBeCloseTo(from.x + 0.01, 3)
  })

  it('takes another instruction: of another object with its goal, of free words without judgement', () => {
    simulator.begin({ suite: 'object', seed: 3 })
    const task = createTask('object', 3)
    const other = task.objects.findIndex((_, i) => i !== task.goals[0].object)
    const { colour, shape } = task.objects[other]
    expect(simulator.setInstruction(`Put the ${colour}  ${shape} in the tray`)).toMatchObject({ judged: true })
    expect(simulator.setInstruction('put the tray')).toEqual({ instruction: 'put the tray', judged: false })
    expect(simulator.setInstruction(task.instruction)).toEqual({ instruction: task.instruction, judged: true })
  })

  async function playExpert(steps: number): Promise<void> {
    const world = simulator.world()
    const task = createTask('object', 3)
    for (let i = 0; i < steps; i++) {
      const state = environment.world()
      await world.step(actionTowards(state.command, decide(state, task, task.goals[0])))
    }
  }

  it('renders a recording again: from its actions alone, and from states after an object was moved', async () => {
    simulator.begin({ suite: 'object', seed: 3 })
    const bytes = 128 * 128 * 3
    const shown = (): Uint8Array => frames.at(-1)?.images.front.data ?? new Uint8Array()
    await playExpert(4)
    clock = 100
    await simulator.world().observe()
    const fifth = shown()
    await playExpert(1)
    const { states: _, ...actionsOnly } = simulator.recording()
    const episode = await renderRecording(environmentForReplay(), actionsOnly)
    expect(episode.frames).toBe(5)
    expect(Buffer.compare(episode.pixels.front.subarray(4 * bytes), fifth)).toBe(0)

    const { x, y } = simulator.objectPlace(0)
    expect(simulator.moveObject(0, { x: x + 0.01, y })).toEqual({ status: 'moved' })
    const moved = shown()
    await playExpert(1)
    const again = await renderRecording(environmentForReplay(), simulator.recording())
    expect(Buffer.compare(again.pixels.front.subarray(5 * bytes), moved)).toBe(0)
  })

  it('notices when a recording does not lead where it says', async () => {
    simulator.begin({ suite: 'object', seed: 3 })
    await playExpert(1)
    const { states: _, ...recording } = simulator.recording()
    const broken = { ...recording, success: Uint8Array.of(1) }
    await expect(renderRecording(environmentForReplay(), broken)).rejects.toThrow(/another outcome/)
  })
})
