import * as Comlink from 'comlink'
import { httpFiles } from '../../data/datasetFiles.ts'
import { announceFetches } from '../../data/fetchLog.ts'
import type { EpisodeSource, RecordedEpisode } from '../../data/episodeSource.ts'
import { LeRobotSource } from '../../data/lerobot/reader.ts'

/** Reads recorded episodes away from the page's own thread: decoding takes longer than a frame may. */
export interface EpisodeService {
  /** @param baseUrl absolute address of the dataset's folder */
  readEpisode(dataset: string, baseUrl: string, index: number): Promise<RecordedEpisode>
}

announceFetches()

const sources = new Map<string, Promise<EpisodeSource>>()

async function openSource(dataset: string, baseUrl: string): Promise<EpisodeSource> {
  const source = new LeRobotSource(httpFiles(dataset, baseUrl, (...request) => fetch(...request)))
  await source.open()
  return source
}

const service: EpisodeService = {
  async readEpisode(dataset, baseUrl, index) {
    const opening = sources.get(baseUrl) ?? openSource(dataset, baseUrl)
    sources.set(baseUrl, opening)
    // A failed opening must not be remembered: the next try may be online again.
    opening.catch(() => sources.delete(baseUrl))
    const episode = await (await opening).readEpisode(index)
    const buffers = [episode.pixels.front.buffer, episode.pixels.wrist.buffer, episode.proprio.buffer] as ArrayBuffer[]
    return Comlink.transfer(episode, [...new Set(buffers)])
  },
}

Comlink.expose(service)
