import * as Comlink from 'comlink'
import type { ModelFiles } from '../model.ts'
import { MAX_THREADS, type ThreadTiming } from './chooseBackend.ts'
import type { ThreadProbeJob, ThreadProbeService } from './threadProbeWorker.ts'

/** Longest wait for all probes together; a device that needs longer gets the rule by cores. */
const DEFAULT_TIMEOUT_MS = 4000
const ROUNDS = 2

/** Thread counts worth trying on so many cores. */
export function threadCandidates(hardwareConcurrency: number): number[] {
  const most = Math.min(MAX_THREADS, hardwareConcurrency)
  return [...new Set([1, 2, most])].filter((count) => count <= most)
}

/**
 * Times one transformer layer of the model on each thread count, each in a nested worker of its own because the count
 * is global to a worker. All are warm before the first is timed, and they take turns, one at a time.
 * @returns undefined if that does not work or takes too long.
 */
export async function measureThreads(
  files: ModelFiles,
  candidates: readonly number[],
  timeoutMs = DEFAULT_TIMEOUT_MS,
): Promise<ThreadTiming[] | undefined> {
  const workers: Worker[] = []
  try {
    return await withTimeout(timeCandidates(files, candidates, workers), timeoutMs)
  } catch {
    return undefined
  } finally {
    for (const worker of workers) worker.terminate()
  }
}

async function timeCandidates(
  files: ModelFiles,
  candidates: readonly number[],
  workers: Worker[],
): Promise<ThreadTiming[]> {
  const { manifest, graphs, weights } = files
  const shape = { length: manifest.layout.length, width: manifest.model.width }
  const probes: { threads: number; service: Comlink.Remote<ThreadProbeService>; ms: number }[] = []
  for (const threads of candidates) {
    const worker = new Worker(new URL('./threadProbeWorker.ts', import.meta.url), { type: 'module' })
    workers.push(worker)
    const service = Comlink.wrap<ThreadProbeService>(worker)
    const job: ThreadProbeJob = { threads, graph: graphs.layers[0], weights, ...shape }
    await Promise.race([service.prepare(job), failureOf(worker)])
    probes.push({ threads, service, ms: Number.POSITIVE_INFINITY })
  }
  for (let round = 0; round < ROUNDS; round++) {
    for (const probe of probes) probe.ms = Math.min(probe.ms, await probe.service.measure())
  }
  return probes.map(({ threads, ms }) => ({ threads, ms }))
}

function failureOf(worker: Worker): Promise<never> {
  return new Promise((_, reject) => {
    worker.addEventListener('error', (event) => reject(new Error(event.message)), { once: true })
  })
}

function withTimeout<T>(task: Promise<T>, timeoutMs: number): Promise<T> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error('The thread probe took too long.')), timeoutMs)
    task.then(resolve, reject).finally(() => clearTimeout(timer))
  })
}
