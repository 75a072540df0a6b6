import type { StageTimesMs } from '../../core/policy/engine.ts'

/** Adds up where the time of one query goes. */
export class StageClock {
  readonly stagesMs: StageTimesMs = { observe: 0, select: 0, embed: 0, layers: 0, head: 0 }
  readonly #start = performance.now()
  #last = this.#start

  /** Books the time since the previous lap on a stage. */
  lap(stage: keyof StageTimesMs): void {
    const now = performance.now()
    this.stagesMs[stage] += now - this.#last
    this.#last = now
  }

  /** Milliseconds from the start to the last lap. */
  get latencyMs(): number {
    return this.#last - this.#start
  }
}
