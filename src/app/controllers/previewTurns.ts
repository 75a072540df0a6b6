import type { RunRecord } from '../../core/schema/runRecord.ts'
import { advanceTo } from './preview.ts'
import type { Preview } from './preview.ts'

/** The main thread is given back after this much of a preview: before it is on the screen, where drawing follows, and after. */
const FIRST_SLICE_MS = 16
const SLICE_MS = 8

/** One preview, and where it goes. */
export interface PreviewJob {
  preview: Preview
  /** The frame on the screen. */
  frame(): number
  /** Whether what the preview is made of is still open. */
  isCurrent(): boolean
  /** Takes it as far as it is; `isWhole` once queries after the frame on the screen are there, too. */
  show(run: RunRecord, isWhole: boolean): void
  /** The method needs signals that were not recorded. */
  giveUp(): void
}

/** Makes previews, one at a time, in tasks that are short enough for a page that is being used. */
export interface PreviewTurns {
  /** Something changed: a new preview is wanted. */
  request(): void
}

/**
 * What is on the screen first: the queries after it follow in slices. A preview that is not on the screen yet is finished
 * before a newer one begins, or a slider that is dragged would never show any; once it is, a newer one takes its place.
 * Mostly a preview is on the screen after one task; the first of a visit, whose code is not compiled yet, takes several.
 * @param begin starts a preview of the present settings; undefined where there is none to show
 * @param now a clock in milliseconds
 */
export function createPreviewTurns(
  begin: () => PreviewJob | undefined,
  now: () => number = () => performance.now(),
): PreviewTurns {
  let due: ReturnType<typeof setTimeout> | undefined
  let rest: ReturnType<typeof setTimeout> | undefined
  let isUnseen = false
  let isWantedAgain = false

  const request = () => {
    if (isUnseen) {
      isWantedAgain = true
      return
    }
    clearTimeout(rest)
    // A task of its own, not the start of a display frame, which has layout and painting to do as well.
    due ??= setTimeout(start, 0)
  }

  const start = () => {
    due = undefined
    clearTimeout(rest)
    const job = begin()
    if (job) showFirst(job)
  }

  const showFirst = (job: PreviewJob) => {
    const outcome = tryTo(job, () => bringToScreen(job))
    isUnseen = outcome === 'unfinished'
    if (isUnseen) {
      rest = setTimeout(() => showFirst(job), 0)
      return
    }
    const isNext = isWantedAgain
    isWantedAgain = false
    if (isNext) request()
    else if (outcome === 'shown') finish(job)
  }

  const bringToScreen = (job: PreviewJob): Outcome => {
    if (!job.isCurrent()) return 'over'
    if (!advanceTo(job.preview, job.frame(), timer(FIRST_SLICE_MS))) return 'unfinished'
    const isWhole = job.preview.nextStep() === undefined
    job.show(job.preview.run(), isWhole)
    return isWhole ? 'over' : 'shown'
  }

  const finish = (job: PreviewJob) => {
    rest = setTimeout(() => {
      if (tryTo(job, () => goOn(job)) === 'unfinished') finish(job)
    }, 0)
  }

  const goOn = (job: PreviewJob): Outcome => {
    const isTimeUp = timer(SLICE_MS)
    while (job.preview.nextStep() !== undefined && !isTimeUp()) job.preview.advance()
    if (job.preview.nextStep() !== undefined) return 'unfinished'
    job.show(job.preview.run(), true)
    return 'over'
  }

  const timer = (ms: number) => {
    const endMs = now() + ms
    return () => now() >= endMs
  }

  return { request }
}

/** How a task of a preview ended: it needs another one, it can be seen but is not whole, or nothing is left to do. */
type Outcome = 'unfinished' | 'shown' | 'over'

function tryTo(job: PreviewJob, work: () => Outcome): Outcome {
  try {
    return work()
  } catch {
    job.giveUp()
    return 'over'
  }
}
