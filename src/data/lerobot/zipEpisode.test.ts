import { strFromU8, unzipSync } from 'fflate'
import { describe, expect, it } from 'vitest'
import { memoryFiles } from '../datasetFiles.ts'
import type { RecordedEpisode } from '../episodeSource.ts'
import { LeRobotSource } from './reader.ts'
import { NO_PHASE, zipEpisode } from './zipEpisode.ts'

const SIZE = 16
const FRAMES = 3
const bytes = (length: number, start: number) => Uint8Array.from({ length }, (_, i) => (start + 7 * i) % 256)

const episode: RecordedEpisode = {
  key: 'object/3',
  index: 0,
  frames: FRAMES,
  fps: 20,
  imageSize: SIZE,
  pixels: { front: bytes(FRAMES * SIZE * SIZE * 3, 1), wrist: bytes(FRAMES * SIZE * SIZE * 3, 2) },
  proprio: Float32Array.from({ length: FRAMES * 2 }, (_, i) => i / 4),
  actions: Float32Array.from({ length: FRAMES * 7 }, (_, i) => i / 32),
  instruction: 'put the red cube in the tray',
  states: { length: 4, values: Float64Array.from({ length: FRAMES * 4 }, (_, i) => i / 3) },
  success: Uint8Array.of(0, 0, 1),
  relevance: { front: bytes(FRAMES * 4, 3), wrist: bytes(FRAMES * 4, 4) },
}
const options = {
  fps: 20,
  robot: 'test-arm',
  proprioNames: ['a', 'b'],
  actionNames: ['dx', 'dy', 'dz', 'droll', 'dpitch', 'dyaw', 'gripper'],
}

describe('zipEpisode', () => {
  it('writes a dataset that the reader reads back, every pixel and number', async () => {
    const files = unzipSync(zipEpisode(episode, options, 'Played in the page.'))
    expect(strFromU8(files['README.md'])).toBe('Played in the page.')
    const source = new LeRobotSource(memoryFiles('zip', new Map(Object.entries(files))))
    await source.open()
    const read = await source.readEpisode(0)
    const { pixels, proprio, actions, instruction, states, success, relevance } = episode
    expect(read).toMatchObject({ frames: FRAMES, fps: 20, instruction, pixels, proprio, actions, states, relevance })
    expect([...(read.success ?? [])]).toEqual([...(success ?? [])])
    expect([...(read.phases ?? [])]).toEqual([NO_PHASE, NO_PHASE, NO_PHASE])
  })

  it('refuses an episode without simulator states', () => {
    expect(() => zipEpisode({ ...episode, states: undefined }, options, '')).toThrow(/no states/)
  })
})
