import * as Comlink from 'comlink'
import type { RecordedEpisode } from '../../data/episodeSource.ts'
import { startParquet } from '../../data/lerobot/pageParquet.ts'
import { zipEpisode } from '../../data/lerobot/zipEpisode.ts'
import { CONTROL_HZ } from '../../simulation/constants.ts'
import { PROPRIO_FIELDS } from '../../simulation/world.ts'

/** Writes played episodes as datasets: PNG and parquet take long, so a worker of its own, ended after each file. */
export interface ExportService {
  /** @returns a zip file with a LeRobot v3.0 dataset of this episode */
  zipEpisode(episode: RecordedEpisode, about: string): Promise<Uint8Array>
}

const ACTION_NAMES = ['dx', 'dy', 'dz', 'droll', 'dpitch', 'dyaw', 'gripper']

const service: ExportService = {
  async zipEpisode(episode, about) {
    await startParquet()
    const proprioNames = PROPRIO_FIELDS.map(({ name }) => name)
    const options = { fps: CONTROL_HZ, robot: 'tabletop-arm', proprioNames, actionNames: ACTION_NAMES }
    const file = zipEpisode(episode, options, about)
    return Comlink.transfer(file, [file.buffer as ArrayBuffer])
  },
}

Comlink.expose(service)
