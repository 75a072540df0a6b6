import { describe, expect, it } from 'vitest'
import type { Observation } from '../core/schema/observation.ts'
import { decide } from './expert.ts'
import { type Actor, expertActor, policyActor, type RecordedFrame, recordEpisode } from './recording.ts'
import { PATCHES_PER_VIEW, RELEVANCE } from './relevance.ts'
import { Episode, startEpisode } from './rollout.ts'
import { createTask } from './tasks.ts'
import { playExpert, sharedEnvironment } from './test-environment.ts'

const environment = sharedEnvironment()
const task = createTask('object', 0)
const target = task.goals[0].object

describe('Episode', () => {
  it('ends without success at the horizon, saying why', () => {
    const episode = new Episode(environment(), task, 5)
    let result = episode.step(new Float32Array(7))
    while (!result.done) result = episode.step(new Float32Array(7))
    expect(result).toMatchObject({ success: false, info: { stepCount: 5, failure: 'never-grasped' } })
  })

  it('marks the target, the tray and the fingers in the masks', () => {
    const episode = startEpisode(environment(), 'object', 1)
    const { observation, relevance } = episode.observeWithRelevance()
    expect(relevance).toEqual(episode.relevance())
    expect(observation).toEqual(episode.observe())
    const count = (mask: Uint8Array, bit: number) => mask.filter((bits) => bits & bit).length
    expect(relevance.front).toHaveLength(PATCHES_PER_VIEW)
    const { target: targetBit, destination, gripper, distractor, landmark } = RELEVANCE
    for (const bit of [targetBit, destination, gripper, distractor]) {
      expect(count(relevance.front, bit)).toBeGreaterThan(0)
    }
    expect(count(relevance.front, landmark)).toBe(0)
    expect(count(relevance.front, RELEVANCE.target)).toBeLessThan(16)
    expect(count(relevance.wrist, RELEVANCE.gripper)).toBeGreaterThan(8)
  })

  it('sees the grasped object between the fingers', () => {
    const episode = startEpisode(environment(), 'object', 1)
    while (decide(environment().world(), episode.task, episode.activeGoal).phase !== 'carry') {
      playExpert(environment(), episode, 1)
    }
    const seen = episode.relevance().wrist.filter((bits) => bits & RELEVANCE.target).length
    expect(seen).toBeGreaterThan(12)
    expect(episode.progress.held[target] || episode.progress.held.some(Boolean)).toBe(true)
  })
})

describe('recordEpisode', () => {
  async function played(actor: Actor): Promise<RecordedFrame[]> {
    const frames: RecordedFrame[] = []
    for await (const frame of recordEpisode(environment(), { suite: 'object', seed: 100_003 }, actor))
      frames.push(frame)
    return frames
  }

  it('yields frames that restore exactly and end in success', async () => {
    const frames = await played(expertActor(100_003, 'missed-grasp'))
    expect(frames.at(-1)?.success).toBe(true)
    expect(frames.filter(({ success }) => success)).toHaveLength(1)
    const middle = frames[Math.floor(frames.length / 2)]
    environment().reset(createTask('object', 100_003))
    environment().setState(middle.state)
    const { images, proprio, instruction } = middle.observation
    expect(environment().observe()).toEqual({ images, proprio, instruction })
  }, 120_000)

  it('asks a policy once a chunk and executes all of it', async () => {
    const expert = await played(expertActor(100_003))
    const asked: Observation[] = []
    const frames = await played(
      policyActor((observation) => {
        const at = 8 * asked.push(observation) - 8
        // The expert's own actions as chunks; the last one is too long, as a policy's is.
        return Promise.resolve(
          Float32Array.from({ length: 56 }, (_, i) => expert[at + Math.floor(i / 7)]?.action[i % 7] ?? 0),
        )
      }),
    )
    expect(frames.map(({ action }) => Array.from(action))).toEqual(expert.map(({ action }) => Array.from(action)))
    expect(asked).toHaveLength(Math.ceil(expert.length / 8))
    expect(asked[1].proprio).toEqual(frames[8].observation.proprio)
  }, 120_000)
})
