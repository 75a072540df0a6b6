import * as Comlink from 'comlink'
import { httpFiles, withPrefetch } from '../../data/datasetFiles.ts'
import type { PrefetchedFiles } from '../../data/datasetFiles.ts'
import { announceFetches } from '../../data/fetchLog.ts'
import type { EpisodeSource, RecordedEpisode } from '../../data/episodeSource.ts'
import { LeRobotSource } from '../../data/lerobot/reader.ts'

/** Reads recorded episodes away from the page's own thread: decoding takes longer than a frame may. */
export interface EpisodeService {
  /**
   * @param baseUrl absolute address of the dataset's folder
   * @param dataPath the episode's file in it, where it is known: it is then fetched beside the dataset's tables, not after them
   */
  readEpisode(dataset: string, baseUrl: string, index: number, dataPath?: string): Promise<RecordedEpisode>
}

announceFetches()

interface OpenedSource {
  files: PrefetchedFiles
  opening: Promise<EpisodeSource>
}

const sources = new Map<string, OpenedSource>()

function openSource(dataset: string, baseUrl: string): OpenedSource {
  const files = withPrefetch(httpFiles(dataset, baseUrl, (...request) => fetch(...request)))
  const source = new LeRobotSource(files)
  return { files, opening: source.open().then(() => source) }
}

const service: EpisodeService = {
  async readEpisode(dataset, baseUrl, index, dataPath) {
    const source = sources.get(baseUrl) ?? openSource(dataset, baseUrl)
    sources.set(baseUrl, source)
    const { files, opening } = source
    // A failed opening must not be remembered: the next try may be online again.
    opening.catch(() => sources.delete(baseUrl))
    if (dataPath !== undefined) files.prefetch(dataPath)
    const episode = await (await opening).readEpisode(index)
    const buffers = [episode.pixels.front.buffer, episode.pixels.wrist.buffer, episode.proprio.buffer] as ArrayBuffer[]
    return Comlink.transfer(episode, [...new Set(buffers)])
  },
}

Comlink.expose(service)
