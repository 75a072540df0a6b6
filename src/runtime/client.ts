import * as Comlink from 'comlink'
import { decodeLoadError } from './loader/loadError.ts'
import type { InferenceWorkerService } from './inferenceWorker.ts'

/** The inference worker as the page sees it. Callbacks are plain functions; events arrive before the answer does. */
export interface InferenceClient extends Omit<
  InferenceWorkerService,
  'cancel' | 'cancelLoad' | 'changeRollout' | 'cancelRollout'
> {
  cancel(): Promise<void>
  cancelLoad(): Promise<void>
  changeRollout(...parameters: Parameters<InferenceWorkerService['changeRollout']>): Promise<void>
  cancelRollout(id: string): Promise<void>
  /** Ends the worker at once, whatever it does. */
  terminate(): void
}

/**
 * Starts the inference worker.
 * @param onCrash called with a sentence if the worker itself fails, for example because its script cannot be loaded
 */
export function createInferenceClient(onCrash?: (message: string) => void): InferenceClient {
  const worker = new Worker(new URL('./inferenceWorker.ts', import.meta.url), { type: 'module', name: 'inference' })
  worker.addEventListener('error', (event) => {
    onCrash?.(`The inference worker failed: ${event.message || 'its script could not be loaded'}.`)
  })
  const remote = Comlink.wrap<InferenceWorkerService>(worker)
  return {
    load: (options, onProgress) =>
      remote.load(options, Comlink.proxy(onProgress)).catch((error: unknown) => {
        throw decodeLoadError(error)
      }),
    cancelLoad: () => remote.cancelLoad(),
    openEpisode: (episode) => remote.openEpisode(episode),
    defineSelector: (selector, ask) => remote.defineSelector(selector, Comlink.proxy(ask)),
    replay: (request, onEvent) => remote.replay(request, Comlink.proxy(onEvent)),
    cancel: () => remote.cancel(),
    benchmark: (request, onSample) => remote.benchmark(request, Comlink.proxy(onSample)),
    rollout: (request, world, onEvent) =>
      remote.rollout(request, Comlink.transfer(world, [world]), Comlink.proxy(onEvent)),
    changeRollout: (id, settings) => remote.changeRollout(id, settings),
    cancelRollout: (id) => remote.cancelRollout(id),
    dispose: () => remote.dispose(),
    terminate: () => worker.terminate(),
  }
}
