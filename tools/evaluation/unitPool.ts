import { fileURLToPath } from 'node:url'
import type { DeviceInfo } from '../../src/core/schema/runRecord.ts'
import { oneLine } from '../cli/io.ts'
import { ChildWorker, WorkerEndedError } from './childWorker.ts'
import { UnitRunner } from './unitRunner.ts'
import type { Unit, UnitResult, UnitSettings } from './units.ts'

/** Messages to a worker process. */
export type ToUnitWorker = { type: 'open'; settings: UnitSettings } | { type: 'run'; unit: Unit } | { type: 'close' }

/** Its answers, one to each `open` and `run`. */
export type FromUnitWorker =
  { type: 'ready'; device: DeviceInfo } | { type: 'unit'; result: UnitResult } | { type: 'failed'; message: string }

/** A unit that could not be played. */
export interface FailedUnit {
  unit: Unit
  message: string
}

export interface PlayOptions {
  settings: UnitSettings
  units: readonly Unit[]
  workers: number
  /** Called once, before the first unit's result. */
  onDevice(device: DeviceInfo): void
  /** Called as units end, in any order. */
  onUnit(unit: Unit, result: UnitResult): void
}

/** Times that a unit whose process died is given to another one. */
const RETRIES = 2

/**
 * Plays the units, in this process or spread over several. Which process plays a unit does not change its result.
 * A process that dies (killed, out of memory) is replaced and its unit repeated. A unit that throws ends the work on its
 * method, not on the others.
 * @returns the units that could not be played
 * @throws if a process cannot start
 */
export async function playUnits(options: PlayOptions): Promise<FailedUnit[]> {
  if (options.units.length === 0) return []
  const queue = new UnitQueue(options)
  const count = Math.min(options.workers, options.units.length)
  if (count === 1) await playHere(options, queue)
  else await playInProcesses(options, queue, count)
  return queue.failed
}

/** The units still to be played, and what became of the others. */
class UnitQueue {
  readonly failed: FailedUnit[] = []
  private readonly options: PlayOptions
  private readonly broken = new Set<string>()
  private next = 0
  private deviceKnown = false

  constructor(options: PlayOptions) {
    this.options = options
  }

  device(device: DeviceInfo): void {
    if (!this.deviceKnown) this.options.onDevice(device)
    this.deviceKnown = true
  }

  take(): Unit | undefined {
    const { units } = this.options
    while (this.next < units.length) {
      const unit = units[this.next++]
      if (!this.broken.has(unit.methodKey)) return unit
    }
    return undefined
  }

  done(unit: Unit, result: UnitResult): void {
    this.options.onUnit(unit, result)
  }

  fail(unit: Unit, message: string): void {
    this.failed.push({ unit, message })
    this.broken.add(unit.methodKey)
  }
}

async function playHere({ settings }: PlayOptions, queue: UnitQueue): Promise<void> {
  const runner = await UnitRunner.open(settings)
  try {
    queue.device(runner.policy.device)
    for (let unit = queue.take(); unit !== undefined; unit = queue.take()) {
      let result: UnitResult
      try {
        result = await runner.run(unit)
      } catch (error) {
        queue.fail(unit, oneLine(error))
        continue
      }
      queue.done(unit, result)
    }
  } finally {
    await runner.dispose()
  }
}

type Worker = ChildWorker<ToUnitWorker, FromUnitWorker>

async function playInProcesses({ settings }: PlayOptions, queue: UnitQueue, count: number): Promise<void> {
  const running = new Set<Worker>()
  let stopped = false
  const open = async (): Promise<Worker> => {
    const worker: Worker = new ChildWorker(fileURLToPath(new URL('./unitWorker.ts', import.meta.url)))
    running.add(worker)
    const answer = await worker.ask({ type: 'open', settings })
    if (answer.type !== 'ready') throw new Error(answer.type === 'failed' ? answer.message : 'Out of step.')
    queue.device(answer.device)
    return worker
  }
  const play = async (): Promise<void> => {
    let worker = await open()
    for (let unit = queue.take(); unit !== undefined; unit = queue.take()) {
      for (let attempt = 0; ; attempt++) {
        try {
          const answer = await worker.ask({ type: 'run', unit })
          if (answer.type === 'unit') queue.done(unit, answer.result)
          else queue.fail(unit, answer.type === 'failed' ? answer.message : 'Out of step.')
          break
        } catch (error) {
          if (stopped || !(error instanceof WorkerEndedError) || attempt >= RETRIES) throw error
          running.delete(worker)
          worker = await open()
        }
      }
    }
    worker.close({ type: 'close' })
  }
  try {
    await Promise.all(Array.from({ length: count }, play))
  } finally {
    stopped = true
    for (const worker of running) worker.kill()
  }
}
