import * as Comlink from 'comlink'
import type { Action } from '../core/schema/observation.ts'
import { announceFetches } from '../data/fetchLog.ts'
import { expectRung } from './device/expectRung.ts'
import { openBrowserBackend } from './device/openBackend.ts'
import { createInferenceService } from './inferenceService.ts'
import { encodeLoadError } from './loader/loadError.ts'
import { loadModel } from './loader/loadModel.ts'
import { openSegmentStore } from './loader/segmentStore.ts'
import type { InferenceService, WorldStep } from './protocol.ts'
import type { RolloutEnvironment } from './rollout.ts'

announceFetches()

const service = createInferenceService({
  openBackend: openBrowserBackend,
  loadFiles: async (options) => {
    const backend = await expectRung(options.backend)
    return loadModel({ ...options, backend, store: await openSegmentStore() })
  },
})

/**
 * Events travel on a channel of their own and could arrive after the answer; this waits until the page has taken the
 * last one, then closes the channel.
 */
async function withRelay<Event, Result>(
  callback: (event: Event) => unknown,
  task: (relay: (event: Event) => void) => Promise<Result>,
): Promise<Result> {
  let last: unknown
  try {
    return await task((event) => {
      last = callback(event)
    })
  } finally {
    await last
    const remote = callback as Partial<Comlink.ProxyMethods>
    remote[Comlink.releaseProxy]?.()
  }
}

/** The service as other threads see it: the world of a rollout answers through a port. */
export type InferenceWorkerService = Omit<InferenceService, 'rollout'> & {
  rollout(
    request: Parameters<InferenceService['rollout']>[0],
    world: MessagePort,
    onEvent: Parameters<InferenceService['rollout']>[2],
  ): ReturnType<InferenceService['rollout']>
}

const exposed: InferenceWorkerService = {
  load: (options, onProgress) =>
    withRelay(onProgress, (relay) => service.load(options, relay)).catch((error: unknown) => {
      throw encodeLoadError(error)
    }),
  cancelLoad: () => service.cancelLoad(),
  openEpisode: (episode) => service.openEpisode(episode),
  defineSelector: (selector, ask) => service.defineSelector(selector, ask),
  replay: (request, onEvent) => withRelay(onEvent, (relay) => service.replay(request, relay)),
  cancel: () => service.cancel(),
  benchmark: (request, onSample) => withRelay(onSample, (relay) => service.benchmark(request, relay)),
  rollout: (request, port, onEvent) =>
    withRelay(onEvent, async (relay) => {
      const world = Comlink.wrap<Pick<RolloutEnvironment<WorldStep>, 'observe' | 'step'>>(port)
      // A proxy seems to have every method: only those that the world has are handed on.
      const environment = { observe: () => world.observe(), step: (action: Action) => world.step(action) }
      try {
        return await service.rollout(request, environment, relay)
      } finally {
        world[Comlink.releaseProxy]()
        port.close()
      }
    }),
  changeRollout: (id, settings) => service.changeRollout(id, settings),
  cancelRollout: (id) => service.cancelRollout(id),
  dispose: () => service.dispose(),
}

Comlink.expose(exposed)
