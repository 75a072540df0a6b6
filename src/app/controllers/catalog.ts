import { datasetIndexSchema } from '../../core/schema/datasetIndex.ts'
import { parseEpisodeIndex } from '../../data/episodeIndex.ts'
import type { EpisodeIndex } from '../../data/episodeIndex.ts'
import { useEpisodeStore } from '../../stores/episodeStore.ts'
import type { EpisodeGroup } from '../../stores/episodeStore.ts'
import { fetchJson, messageOf, pageFile } from '../addresses.ts'

/** Hashes of the datasets, for links. */
const hashes = new Map<string, string>()

/** SHA-256 of a listed dataset. */
export function datasetHash(dataset: string): string | undefined {
  return hashes.get(dataset)
}

/** Reads the list of recorded episodes into its store. */
export async function loadCatalog(): Promise<readonly EpisodeGroup[]> {
  const { setCatalog } = useEpisodeStore.getState()
  try {
    const list = await fetchJson('episodes/index.json', (json) => datasetIndexSchema.parse(json))
    const read = async (dataset: string) => {
      const index = await fetchJson(`episodes/${dataset}/index.json`, parseEpisodeIndex)
      if (!index) return []
      hashes.set(dataset, index.sha256)
      return [toGroup(dataset, index)]
    }
    const groups = (await Promise.all((list?.datasets ?? []).map(read))).flat()
    if (groups.length === 0) {
      setCatalog({ status: 'failed', message: 'No recorded episodes are served with this page.' })
      return []
    }
    setCatalog({ status: 'ready', groups })
    return groups
  } catch (error) {
    setCatalog({ status: 'failed', message: `The list of episodes cannot be read. ${messageOf(error)}` })
    return []
  }
}

function toGroup(dataset: string, index: EpisodeIndex): EpisodeGroup {
  return {
    dataset,
    title: index.title,
    episodes: index.episodes.map((episode) => ({
      dataset,
      index: episode.index,
      instruction: episode.instruction,
      frames: episode.frames,
      fps: index.fps,
      thumbnailUrl: pageFile(`episodes/${dataset}/${episode.thumbnail}`),
      dataPath: episode.file.path,
      notes: episode.notes,
      success: episode.success,
    })),
  }
}
