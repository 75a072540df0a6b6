import { methodOf } from './settings.ts'
import type { InferenceClient } from '../../runtime/client.ts'
import { useBenchmarkStore } from '../../stores/benchmarkStore.ts'
import { useEpisodeStore } from '../../stores/episodeStore.ts'
import { useMethodStore } from '../../stores/methodStore.ts'
import { useModelStore } from '../../stores/modelStore.ts'
import { useRunStore } from '../../stores/runStore.ts'
import { messageOf } from '../addresses.ts'

/** Measures dense against pruned with the panel's settings. */
export interface BenchmarkController {
  start(rounds: number): Promise<void>
  cancel(): void
}

/**
 * Makes the controller of measurements.
 * @param inference the loaded worker
 * @param resume starts the live run again that the measurement interrupted
 */
export function createBenchmarkController(
  inference: () => InferenceClient | undefined,
  resume: () => void,
): BenchmarkController {
  return {
    async start(rounds) {
      const client = inference()
      const { load } = useEpisodeStore.getState()
      const model = useModelStore.getState()
      if (!client || load.status !== 'ready' || model.load.status !== 'ready') return
      const { methodId, parameters, seed } = useMethodStore.getState()
      const { choice, manifest } = model.load.model
      const store = useBenchmarkStore.getState()
      const interrupted = useRunStore.getState().progress.status === 'running'
      store.start({
        method: methodOf(methodId).title,
        model: manifest.id,
        episode: load.frames.key,
        device: (model.choice ?? choice).device,
        softwareAdapter: (model.choice ?? choice).softwareAdapter,
        rounds,
        startedAt: new Date().toISOString(),
      })
      try {
        const outcome = await client.benchmark(
          { episodeKey: load.frames.key, methodId, parameters: { ...parameters }, rounds, seed },
          (sample) => store.addSample(sample),
        )
        store.finish(outcome)
      } catch (error) {
        store.finish({ status: 'failed', message: messageOf(error) })
      }
      if (interrupted) resume()
    },
    cancel() {
      void inference()?.cancel()
    },
  }
}
