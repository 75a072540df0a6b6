import { readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import type { DatasetFiles } from '../datasetFiles.ts'
import { LeRobotSource } from './reader.ts'

/** Two episodes in one data file, made by LeRobot 0.4.4: `check_lerobot.py --write-sample`. */
const OFFICIAL = fileURLToPath(new URL('./fixtures/official/', import.meta.url))

const files: DatasetFiles = {
  name: 'official',
  read: async (path) => new Uint8Array(await readFile(OFFICIAL + path)).buffer,
}

describe('a dataset that LeRobot itself wrote', () => {
  it('is read, both episodes from the one file', async () => {
    const source = new LeRobotSource(files)
    expect(await source.open()).toMatchObject({ episodes: 2, frames: 5, fps: 20, imageSize: 16 })
    const first = await source.readEpisode(0)
    const second = await source.readEpisode(1)
    expect([first.frames, first.instruction]).toEqual([3, 'put the red cube in the tray'])
    expect([second.frames, second.instruction]).toEqual([2, 'put the blue brick in the tray'])
    expect(second.proprio).toEqual(Float32Array.of(1, 1, 1, 1.1, 1.1, 1.1))
    // The recipe of the script: a ramp, shifted by ten per episode and one per frame.
    const frameBytes = 16 * 16 * 3
    expect([...second.pixels.front.subarray(frameBytes, frameBytes + 3)]).toEqual([11, 12, 13])
    expect(second.states).toBeUndefined()
    expect(second.relevance).toBeUndefined()
  })
})
