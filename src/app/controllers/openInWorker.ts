import type { RecordedEpisode } from '../../data/episodeSource.ts'
import type { InferenceClient } from '../../runtime/client.ts'

/** The episode that each worker has open. */
const opened = new WeakMap<InferenceClient, string>()

/** Hands an episode to the worker, unless it has it: the pixels of one are megabytes. */
export async function openInWorker(client: InferenceClient, frames: RecordedEpisode): Promise<void> {
  if (opened.get(client) === frames.key) return
  const { key, imageSize, pixels, proprio, actions, instruction, relevance } = frames
  const episode = { key, frames: frames.frames, imageSize, pixels, proprio, actions, instruction }
  await client.openEpisode({ ...episode, ...(relevance && { relevance }) })
  opened.set(client, key)
}
