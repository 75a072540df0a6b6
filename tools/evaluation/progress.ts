import type { CommandIo } from '../cli/io.ts'

/** No more than one line in this time, ms: a night of episodes must not fill a log. */
const QUIET_MS = 2000

/** Tells on standard error how far a run is and how long it may still take. */
export class Progress {
  private readonly total: number
  private readonly io: CommandIo
  private readonly started = performance.now()
  private readonly before: number
  private finished = 0
  private toldAt = Number.NEGATIVE_INFINITY

  /** @param before units that an earlier run had finished */
  constructor(total: number, before: number, io: CommandIo) {
    this.total = total
    this.before = before
    this.io = io
    if (before > 0) io.error(`${before} of ${total} were played before; ${total - before} are left.\n`)
  }

  /** Another unit has ended. @param text what came of it */
  done(text: string): void {
    this.finished++
    const now = performance.now()
    if (now - this.toldAt < QUIET_MS && this.before + this.finished < this.total) return
    this.toldAt = now
    const perUnitMs = (now - this.started) / this.finished
    const left = this.total - this.before - this.finished
    const share = Math.floor((100 * (this.before + this.finished)) / this.total)
    const eta = left === 0 ? 'done' : `about ${describeDuration(left * perUnitMs)} left`
    this.io.error(`${this.before + this.finished}/${this.total} (${share} %, ${eta}) ${text}\n`)
  }

  /** All that could be played has been. */
  end(): void {
    const ms = performance.now() - this.started
    this.io.error(
      `${this.finished} units in ${describeDuration(ms)}, ${((1000 * this.finished) / ms).toFixed(2)} a second.\n`,
    )
  }
}

/** A duration in words: seconds, minutes or hours. */
export function describeDuration(ms: number): string {
  if (ms < 90_000) return `${Math.ceil(ms / 1000)} s`
  if (ms < 90 * 60_000) return `${Math.round(ms / 60_000)} min`
  return `${(ms / 3_600_000).toFixed(1)} h`
}
