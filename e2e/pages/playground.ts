import { expect, type Locator, type Page } from '@playwright/test'
import { createHash } from 'node:crypto'
import { PATIENCE } from '../support/patience.ts'
import { readCameraLog } from './cameraLog.ts'

export type View = 'front' | 'wrist'

export interface OpenOptions {
  /** `?model=`; the tiny one unless a test needs the page's own, which `undefined` gives. */
  model?: string | undefined
  /** `?backend=` */
  backend?: string
  /** `?storage=` */
  storage?: string
  /** The part of a share link after `#`; without one the page would open where there is most to see, not at frame 0. */
  fragment?: string
  /** Another server than the tests' own. */
  origin?: string
}

/** A model is fetched, compiled and checked in this time, even on a machine that does other work too. */
export const MODEL_TIMEOUT_MS = 90_000 * PATIENCE
/** A live run goes over a whole episode in this time. */
const RUN_TIMEOUT_MS = 90_000 * PATIENCE

/** The page: where things are on it, and what a person does with them. */
export class Playground {
  readonly page: Page
  readonly modelCard: Locator
  readonly modelError: Locator
  readonly runProgress: Locator
  readonly originBadge: Locator
  readonly backendBadge: Locator
  readonly goldenBadge: Locator
  readonly playButton: Locator
  readonly scrubber: Locator
  readonly frameCounter: Locator
  readonly pipeline: Locator
  readonly charts: Locator

  constructor(page: Page) {
    this.page = page
    this.modelCard = page.getByTestId('model-card')
    this.modelError = page.getByTestId('model-error')
    this.runProgress = page.getByTestId('run-progress')
    this.originBadge = page.getByTestId('origin-badge')
    this.backendBadge = page.getByTestId('backend-badge')
    this.goldenBadge = page.getByTestId('golden-badge')
    this.playButton = page.getByTestId('play')
    this.scrubber = page.getByTestId('scrubber')
    this.frameCounter = page.getByTestId('frame-counter')
    this.pipeline = page.getByTestId('pipeline')
    this.charts = page.getByTestId('panel-charts')
  }

  /** Goes to the page and waits until an episode can be played. */
  async open(options: OpenOptions = {}): Promise<void> {
    await this.page.goto(pageAddress(options))
    await this.waitForEpisode()
  }

  async waitForEpisode(): Promise<void> {
    await expect(this.playButton).toBeEnabled({ timeout: MODEL_TIMEOUT_MS })
  }

  async waitForModel(): Promise<void> {
    await expect(this.modelCard).toHaveAttribute('data-status', 'ready', { timeout: MODEL_TIMEOUT_MS })
  }

  /** Waits until the live run has gone over the whole episode. */
  async waitForLiveRun(): Promise<void> {
    await this.waitForModel()
    await expect(this.runProgress).toHaveAttribute('data-status', 'done', { timeout: RUN_TIMEOUT_MS })
    await expect(this.camera('front')).toHaveAttribute('data-origin', 'live')
  }

  /** An episode in the list. */
  episode(index: number, dataset = 'object'): Locator {
    return this.page.getByTestId(`episode-${dataset}-${index}`)
  }

  camera(view: View): Locator {
    return this.page.getByTestId(`camera-${view}`)
  }

  /** Tokens of a camera that are painted as kept. */
  async keptTokens(view: View): Promise<number> {
    return Number(await this.camera(view).getAttribute('data-kept'))
  }

  async frame(): Promise<number> {
    return Number(await this.camera('front').getAttribute('data-frame'))
  }

  /** The frame that the counter names, once both cameras show it. */
  async settledFrame(): Promise<number> {
    let frame = Number.NaN
    await expect
      .poll(async () => {
        frame = Number(await this.frameCounter.locator('b').innerText())
        return frame === (await this.frame())
      })
      .toBe(true)
    await this.expectFrame(frame)
    return frame
  }

  async setSpeed(speed: number): Promise<void> {
    await this.page.getByTestId('speed').selectOption(String(speed))
  }

  async expectFrame(frame: number): Promise<void> {
    for (const view of ['front', 'wrist'] as const) {
      await expect(this.camera(view)).toHaveAttribute('data-frame', String(frame))
    }
  }

  async lastFrame(): Promise<number> {
    return Number(await this.scrubber.getAttribute('aria-valuemax'))
  }

  /** A hash of the pixels that a camera shows, overlay included. */
  async picture(view: View): Promise<string> {
    const url = await this.camera(view)
      .locator('canvas')
      .evaluate((canvas: HTMLCanvasElement) => canvas.toDataURL())
    return createHash('sha256').update(url).digest('hex').slice(0, 16)
  }

  /** Hashes of both cameras. */
  async pictures(): Promise<string> {
    return `${await this.picture('front')} ${await this.picture('wrist')}`
  }

  /** Presses a key of the page, with nothing focused that would take it. */
  async press(key: string): Promise<void> {
    await this.page.evaluate(() => {
      if (document.activeElement instanceof HTMLElement) document.activeElement.blur()
    })
    await this.page.keyboard.press(key)
  }

  /** Goes to a frame with the scrubber's own keys, or by single steps. */
  async goToFrame(frame: number): Promise<void> {
    await this.scrubber.focus()
    await this.page.keyboard.press('Home')
    for (let tens = Math.floor(frame / 10); tens > 0; tens--) await this.press('Shift+ArrowRight')
    for (let ones = frame % 10; ones > 0; ones--) await this.press('ArrowRight')
    await this.expectFrame(frame)
  }

  /** The slider, switch or choice of one of the method's parameters. */
  parameter(name: string): Locator {
    return this.page.getByTestId(`parameter-${name}`)
  }

  /** Moves a slider to a value by its keys, as someone without a mouse does. */
  async setSlider(name: string, value: number): Promise<void> {
    const slider = this.parameter(name)
    await slider.focus()
    await this.page.keyboard.press('Home')
    const low = Number(await slider.getAttribute('aria-valuenow'))
    for (let steps = value - low; steps > 0; steps--) await this.page.keyboard.press('ArrowRight')
    await expect(slider).toHaveAttribute('aria-valuenow', String(value))
  }

  /**
   * Moves a parameter's slider to its start, and expects an overlay from cached scores at once and the live run's after it.
   * The camera must be recorded from before the page was opened (`recordCamera`).
   */
  async expectPreviewThenLive(parameter: string): Promise<void> {
    const before = await this.pictures()
    const painted = (await readCameraLog(this.page)).length
    await this.parameter(parameter).focus()
    await this.page.keyboard.press('Home')
    await expect.poll(() => this.pictures()).not.toBe(before)
    await this.waitForLiveRun()
    const after = (await readCameraLog(this.page)).slice(painted)
    expect(after.map(({ origin }) => origin)).toContain('preview')
    expect(after.at(-1)).toMatchObject({ origin: 'live', stale: false })
  }

  /** Writes the grid of a sweep of the random controls: shares kept, and the layers after which tokens go. */
  async fillSweepGrid(keep: string, removeAfter: string): Promise<void> {
    await this.page.getByTestId('sweep-first').selectOption('keep')
    await this.page.getByTestId('sweep-first-values').fill(keep)
    await this.page.getByTestId('sweep-second').selectOption('removeAfter')
    await this.page.getByTestId('sweep-second-values').fill(removeAfter)
  }

  /** One of the charts, by its heading. */
  chart(title: string): Locator {
    return this.charts.getByRole('region', { name: title, exact: true })
  }

  /** Opens the share panel and reads the link. */
  async copyLink(): Promise<string> {
    await this.page.getByRole('button', { name: 'Share' }).click()
    const link = await this.page.getByRole('textbox', { name: 'Link' }).inputValue()
    await this.page.keyboard.press('Escape')
    return link
  }
}

/** Address of the page with these options, relative to the server unless another is named. */
export function pageAddress(options: OpenOptions): string {
  const { backend, storage, fragment = 'v=1', origin = '.' } = options
  const model = 'model' in options ? options.model : 'tiny'
  const query = new URLSearchParams({
    ...(model === undefined ? {} : { model }),
    ...(backend === undefined ? {} : { backend }),
    ...(storage === undefined ? {} : { storage }),
  }).toString()
  return `${origin}/${query === '' ? '' : `?${query}`}#${fragment}`
}
