import type { Page } from '@playwright/test'

/** What a camera showed from one moment on. The page writes it beside the canvas, in the frame in which it painted. */
export interface CameraPaint {
  /** Of the page's own clock. */
  timeMs: number
  frame: number
  /** Where the overlay comes from: `none`, `recorded`, `preview` or `live`. */
  origin: string
  stale: boolean
  /** Number of the query whose chunk governs the frame. */
  query: string
  /** Tokens of this camera that are painted as kept. */
  kept: number
}

declare global {
  interface Window {
    cameraLog?: CameraPaint[]
  }
}

/** Records every change of what the front camera shows, from the first paint. Call it before the page is opened. */
export async function recordCamera(page: Page): Promise<void> {
  await page.addInitScript(() => {
    const log: CameraPaint[] = (window.cameraLog = [])
    new MutationObserver((records) => {
      const camera = records
        .map(({ target }) => target as HTMLElement)
        .find((target) => target.dataset.testid === 'camera-front')
      if (camera === undefined) return
      const { frame, origin = 'none', stale, query = '', kept } = camera.dataset
      const paint = { frame: Number(frame), origin, stale: stale === 'true', query, kept: Number(kept ?? Number.NaN) }
      const { timeMs: _, ...last } = log.at(-1) ?? { timeMs: 0 }
      if (JSON.stringify(paint) !== JSON.stringify(last)) log.push({ timeMs: performance.now(), ...paint })
    }).observe(document, {
      subtree: true,
      attributes: true,
      attributeFilter: ['data-frame', 'data-origin', 'data-stale', 'data-query', 'data-kept'],
    })
  })
}

/** What was recorded so far. */
export async function readCameraLog(page: Page): Promise<CameraPaint[]> {
  return page.evaluate(() => window.cameraLog ?? [])
}
