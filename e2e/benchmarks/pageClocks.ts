import type { Page } from '@playwright/test'
import type { PaintDetail } from '../../src/ui/tokens/useTokenPainting.ts'

/** One repaint of both cameras in one display frame, as the page announced it. */
export interface OverlayRepaint {
  /** Script: plan, image, and the drawing commands of both canvases. */
  scriptMs: number
  /** Reading a pixel of both canvases right afterwards, for which the commands have to be carried out; 0 unless asked for. */
  rasterMs: number
}

interface PaintedWindow {
  paintings: { view: string; frameMs: number; durationMs: number }[]
  rasters: { view: string; durationMs: number }[]
}

/**
 * Begins to record paintings of the cameras.
 * @param forceRaster makes the browser carry the drawing commands out at once, and times that too
 */
export async function recordPaintings(page: Page, forceRaster: boolean): Promise<void> {
  await page.evaluate((force) => {
    const log: PaintedWindow = { paintings: [], rasters: [] }
    Object.assign(window, log)
    new PerformanceObserver((list) => {
      for (const entry of list.getEntriesByName('token-overlay-paint') as PerformanceMeasure[]) {
        const { view, frameMs } = entry.detail as PaintDetail
        log.paintings.push({ view, frameMs, durationMs: entry.duration })
      }
    }).observe({ type: 'measure' })
    if (!force) return
    // Attributes of the stage are written right after its canvas was painted; this runs before the display frame ends.
    const observer = new MutationObserver((records) => {
      for (const stage of new Set(records.map(({ target }) => target as HTMLElement))) {
        const context = stage.querySelector('canvas')?.getContext('2d')
        const startMs = performance.now()
        context?.getImageData(0, 0, 1, 1)
        log.rasters.push({ view: stage.dataset.testid ?? '', durationMs: performance.now() - startMs })
      }
    })
    for (const stage of document.querySelectorAll('[data-testid^=camera-]')) {
      observer.observe(stage, { attributes: true })
    }
  }, forceRaster)
}

/** The repaints since the recording began in which both cameras were painted. */
export async function readRepaints(page: Page): Promise<OverlayRepaint[]> {
  const { paintings, rasters } = await page.evaluate(() => {
    const { paintings: all, rasters: forced } = window as unknown as PaintedWindow
    return { paintings: all, rasters: forced }
  })
  const repaints: OverlayRepaint[] = []
  const unread = { front: ofView(rasters, 'camera-front'), wrist: ofView(rasters, 'camera-wrist') }
  for (const frameMs of new Set(paintings.map((painting) => painting.frameMs))) {
    const together = paintings.filter((painting) => painting.frameMs === frameMs)
    const raster = together.map(({ view }) => unread[view as keyof typeof unread].shift() ?? 0)
    if (together.length === 2)
      repaints.push({ scriptMs: sum(together.map((p) => p.durationMs)), rasterMs: sum(raster) })
  }
  return repaints
}

function ofView(rasters: PaintedWindow['rasters'], view: string): number[] {
  return rasters.filter((raster) => raster.view === view).map(({ durationMs }) => durationMs)
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0)
}

interface SoughtWindow {
  /** Milliseconds from the press to the display frame after the one in which both cameras painted the new frame. */
  sought: Promise<{ ms: number; frame: number }>
}

/**
 * Starts waiting for the next press of the pointer or of a key, and for both cameras to have shown another frame, the one
 * that the player's counter names.
 */
export async function armSeekClock(page: Page): Promise<void> {
  await page.evaluate(() => {
    const cameras = [...document.querySelectorAll<HTMLElement>('[data-testid^=camera-]')]
    const before = cameras[0].dataset.frame
    const sought = new Promise<{ ms: number; frame: number }>((resolve) => {
      let pressedMs = Number.NaN
      const press = ({ timeStamp }: Event) => (pressedMs = timeStamp)
      for (const kind of ['pointerdown', 'keydown']) window.addEventListener(kind, press, { capture: true, once: true })
      const observer = new MutationObserver(() => {
        const frame = document.querySelector('[data-testid=frame-counter] b')?.textContent
        if (Number.isNaN(pressedMs) || frame === before) return
        if (cameras.some((camera) => camera.dataset.frame !== frame)) return
        observer.disconnect()
        // The browser begins its next frame when this one has been handed to the screen.
        requestAnimationFrame(() => resolve({ ms: performance.now() - pressedMs, frame: Number(frame) }))
      })
      // The counter is rendered after the cameras were painted, or before: whichever is last decides.
      observer.observe(document.body, { subtree: true, attributes: true, characterData: true, childList: true })
    })
    Object.assign(window, { sought } satisfies SoughtWindow)
  })
}

/** What the clock measured. */
export async function readSeek(page: Page): Promise<{ ms: number; frame: number }> {
  return page.evaluate(() => (window as unknown as SoughtWindow).sought)
}
