import { describe, expect, it } from 'vitest'
import golden from './golden-trajectory.json' with { type: 'json' }
import { HORIZON_STEPS, WORKSPACE } from './constants.ts'
import { createEnvironment } from './environment.ts'
import { loadMujoco } from './mujoco.ts'
import { startEpisode } from './rollout.ts'
import { createTask } from './tasks.ts'
import { playExpert, sharedEnvironment } from './test-environment.ts'

/** Takes seconds on an idle machine; a crowded one may be ten times slower. */
const SLOW_TEST_MS = 120_000

const environment = sharedEnvironment()

function wasmBytes(): number {
  return (environment().compiled().data.qpos as Float64Array).buffer.byteLength
}

describe('SimulationEnvironment', () => {
  it('gives identical states and images for the same seed and actions', () => {
    const runs = [0, 1].map(() => {
      const episode = startEpisode(environment(), 'object', 7)
      playExpert(environment(), episode, 12)
      return { state: environment().getState(), observation: episode.observe() }
    })
    expect(runs[1]).toEqual(runs[0])
  })

  it('gives the same run in another environment, whatever was played before', async () => {
    const other = await createEnvironment()
    playExpert(other, startEpisode(other, 'object', 3), 20)
    const states = [other, environment()].map((each) => {
      playExpert(each, startEpisode(each, 'object', 7), 20)
      return each.getState()
    })
    other.dispose()
    expect(states[1]).toEqual(states[0])
  })

  it('follows the golden trajectory within 1e-9', () => {
    const episode = startEpisode(environment(), 'object', golden.seed)
    for (const { step, tool, target } of golden.points) {
      playExpert(environment(), episode, step - episode.progress.stepCount)
      const world = environment().world()
      const object = world.objects[episode.activeGoal.object]
      const actual = [world.tool.x, world.tool.y, world.tool.z, object.x, object.y, object.z]
      actual.forEach((value, index) => expect(value).toBeCloseTo([...tool, ...target][index], 9))
    }
  })

  it('continues identically from a restored state', () => {
    const episode = startEpisode(environment(), 'object', 11)
    playExpert(environment(), episode, 18)
    const snapshot = episode.snapshot()
    playExpert(environment(), episode, 15)
    const first = environment().getState()
    const firstImage = environment().render('wrist')
    episode.restore(snapshot)
    expect(environment().getState()).toEqual(snapshot.state)
    playExpert(environment(), episode, 15)
    expect(environment().getState()).toEqual(first)
    expect(environment().render('wrist')).toEqual(firstImage)
  })

  it('draws an earlier moment without leaving the present one', () => {
    const episode = startEpisode(environment(), 'object', 11)
    playExpert(environment(), episode, 18)
    const { images } = episode.observe()
    const glimpse = episode.glimpse()
    playExpert(environment(), episode, 15)
    const state = environment().getState()
    const now = episode.observe()
    expect(glimpse()).toEqual(images)
    expect(environment().getState()).toEqual(state)
    expect(episode.observe()).toEqual(now)
    expect(now.images).not.toEqual(images)
  })

  it('restores a state into a freshly reset environment', () => {
    const episode = startEpisode(environment(), 'object', 12)
    playExpert(environment(), episode, 10)
    const state = environment().getState()
    const image = environment().render('front').image
    environment().reset(createTask('object', 5))
    environment().reset(createTask('object', 12))
    environment().setState(state)
    expect(environment().render('front').image).toEqual(image)
  })

  it('refuses malformed actions and states', () => {
    const episode = startEpisode(environment(), 'object', 0)
    expect(() => episode.step(new Float32Array(6))).toThrow(RangeError)
    expect(() => episode.step(Float32Array.of(0, 0, NaN, 0, 0, 0, 1))).toThrow(/finite/)
    expect(() => environment().setState(new Float64Array(3))).toThrow(RangeError)
  })

  it('says what to do when used before a reset', async () => {
    const fresh = await createEnvironment()
    expect(() => fresh.observe()).toThrow(/reset/)
    fresh.dispose()
  })

  it('keeps the command inside the workspace and near the arm', () => {
    const episode = startEpisode(environment(), 'object', 0)
    for (let i = 0; i < HORIZON_STEPS / 3; i++) episode.step(Float32Array.of(1, 1, 1, 0, 0, 1, 0))
    const { tool, command } = environment().world()
    expect(command.x).toBeLessThanOrEqual(WORKSPACE.maxX)
    for (const axis of ['x', 'y', 'z'] as const) expect(Math.abs(command[axis] - tool[axis])).toBeLessThan(0.08)
    expect(environment().getState().every(Number.isFinite)).toBe(true)
  })

  it(
    'does not grow wasm memory over 1,000 resets',
    () => {
      for (let seed = 0; seed < 60; seed++) environment().reset(createTask('object', seed))
      const before = wasmBytes()
      for (let seed = 0; seed < 1000; seed++) {
        environment().reset(createTask('object', seed))
        environment().world()
      }
      environment().step(new Float32Array(7))
      environment().render('front')
      expect(wasmBytes()).toBe(before)
    },
    SLOW_TEST_MS,
  )

  it('gives all memory back on dispose', async () => {
    const cycle = async () => {
      const each = await createEnvironment()
      for (let seed = 0; seed < 4; seed++) each.reset(createTask('object', seed))
      each.dispose()
    }
    await cycle()
    const probe = environment()
    probe.reset(createTask('object', 0))
    const before = wasmBytes()
    for (let i = 0; i < 10; i++) await cycle()
    probe.reset(createTask('object', 0))
    expect(wasmBytes()).toBe(before)
  })
})

describe('loadMujoco', () => {
  it('loads once', async () => {
    expect(await loadMujoco()).toBe(await loadMujoco())
  })
})
