/** Seconds over which the rate is averaged: long enough to be calm, short enough to follow a change. */
const WINDOW_MS = 3000

/** Rate of a download over the last seconds. */
export interface RateMeter {
  /** @returns bytes per second, undefined until there is enough to say */
  add(bytes: number, timeMs: number): number | undefined
}

/** A meter for one download. */
export function createRateMeter(): RateMeter {
  let samples: { bytes: number; timeMs: number }[] = []
  return {
    add(bytes, timeMs) {
      samples.push({ bytes, timeMs })
      samples = samples.filter((sample) => timeMs - sample.timeMs <= WINDOW_MS)
      const first = samples[0]
      const elapsed = timeMs - first.timeMs
      return elapsed < 250 ? undefined : ((bytes - first.bytes) / elapsed) * 1000
    },
  }
}
