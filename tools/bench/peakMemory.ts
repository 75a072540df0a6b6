import { readFileSync, writeFileSync } from 'node:fs'

/** Linux counts in kilobytes. */
const PEAK = /^VmHWM:\s+(\d+) kB$/m

/**
 * Most memory that this process held at a time, in bytes, since its start or {@link forgetPeak}. Where the system tells,
 * it is the process's own: the `maxRSS` of Node begins, in a process that another started, with what that one held.
 */
export function peakMemoryBytes(): number {
  const peak = PEAK.exec(readStatus())
  return 1024 * (peak ? Number(peak[1]) : process.resourceUsage().maxRSS)
}

/** Lets the peak begin anew with what is held now, where the system can do that. */
export function forgetPeak(): void {
  try {
    writeFileSync('/proc/self/clear_refs', '5')
  } catch {
    // The peak then is that since the start.
  }
}

function readStatus(): string {
  try {
    return readFileSync('/proc/self/status', 'utf8')
  } catch {
    return ''
  }
}
