import { EpisodeError, type RecordedEpisode } from '../../src/data/episodeSource.ts'
import { LeRobotSource } from '../../src/data/lerobot/reader.ts'
import { directoryFiles } from '../../src/data/node/directoryFiles.ts'
import { UsageError } from '../cli/io.ts'

/** Reads one episode of a dataset on disk. @throws UsageError if there is no such dataset or episode */
export async function openRecordedEpisode(datasetDirectory: string, episode: number): Promise<RecordedEpisode> {
  const source = new LeRobotSource(directoryFiles(datasetDirectory))
  try {
    const { episodes } = await source.open()
    if (episode >= episodes) {
      throw new UsageError(`--episode: ${source.name} has episodes 0 to ${episodes - 1}, not ${episode}.`)
    }
  } catch (error) {
    if (!(error instanceof EpisodeError) || error.code !== 'not-found') throw error
    throw new UsageError(`--dataset: ${datasetDirectory} holds no dataset (${error.file} is missing).`, {
      cause: error,
    })
  }
  return source.readEpisode(episode)
}
