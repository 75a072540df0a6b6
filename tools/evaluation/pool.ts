import { fileURLToPath } from 'node:url'
import type { DeviceInfo } from '../../src/core/schema/runRecord.ts'
import type { SuiteId } from '../../src/simulation/tasks.ts'
import { ChildWorker } from './childWorker.ts'
import { type EpisodeResult, EpisodeRunner, type EvaluationSettings } from './episode.ts'

/** Messages to a worker process. */
export type ToWorker =
  { type: 'open'; settings: EvaluationSettings } | { type: 'run'; suite: SuiteId; seed: number } | { type: 'close' }

/** Its answers, one to each `open` and `run`. */
export type FromWorker =
  | { type: 'ready'; device: DeviceInfo }
  | { type: 'episode'; result: EpisodeResult }
  | { type: 'failed'; message: string }

/** An episode to be played. */
export interface Job {
  suite: SuiteId
  seed: number
}

/** Results in the order of the jobs, and where they ran. */
export interface PoolResult {
  results: EpisodeResult[]
  device: DeviceInfo
}

/**
 * Plays the jobs, in this process or spread over several. Which process plays an episode does not change its result.
 * @param onEpisode called as episodes end, in any order
 * @throws what an episode throws; the other processes are ended then
 */
export async function runJobs(
  settings: EvaluationSettings,
  jobs: readonly Job[],
  workers: number,
  onEpisode: (result: EpisodeResult) => void,
): Promise<PoolResult> {
  return workers > 1 && jobs.length > 1
    ? runInProcesses(settings, jobs, Math.min(workers, jobs.length), onEpisode)
    : runHere(settings, jobs, onEpisode)
}

async function runHere(
  settings: EvaluationSettings,
  jobs: readonly Job[],
  onEpisode: (result: EpisodeResult) => void,
): Promise<PoolResult> {
  const runner = await EpisodeRunner.open(settings)
  try {
    const results: EpisodeResult[] = []
    for (const { suite, seed } of jobs) {
      const result = await runner.run(suite, seed)
      results.push(result)
      onEpisode(result)
    }
    return { results, device: runner.policy.device }
  } finally {
    await runner.dispose()
  }
}

async function runInProcesses(
  settings: EvaluationSettings,
  jobs: readonly Job[],
  count: number,
  onEpisode: (result: EpisodeResult) => void,
): Promise<PoolResult> {
  const processes = Array.from({ length: count }, () => new WorkerProcess())
  const results = new Array<EpisodeResult>(jobs.length)
  let next = 0
  const play = async (worker: WorkerProcess): Promise<DeviceInfo> => {
    const device = await worker.open(settings)
    while (next < jobs.length) {
      const index = next++
      results[index] = await worker.run(jobs[index])
      onEpisode(results[index])
    }
    worker.close()
    return device
  }
  try {
    const [device] = await Promise.all(processes.map(play))
    return { results, device }
  } finally {
    for (const worker of processes) worker.kill()
  }
}

/** One child process that plays episodes. */
class WorkerProcess {
  private readonly child = new ChildWorker<ToWorker, FromWorker>(fileURLToPath(new URL('./worker.ts', import.meta.url)))

  async open(settings: EvaluationSettings): Promise<DeviceInfo> {
    const answer = await this.child.ask({ type: 'open', settings })
    if (answer.type === 'ready') return answer.device
    throw unexpected(answer)
  }

  async run(job: Job): Promise<EpisodeResult> {
    const answer = await this.child.ask({ type: 'run', ...job })
    if (answer.type === 'episode') return answer.result
    throw unexpected(answer)
  }

  close(): void {
    this.child.close({ type: 'close' })
  }

  kill(): void {
    this.child.kill()
  }
}

function unexpected(answer: FromWorker): Error {
  return new Error(answer.type === 'failed' ? answer.message : `A worker process answered "${answer.type}".`)
}
