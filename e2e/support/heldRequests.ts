import type { Page, Route } from '@playwright/test'

/** Requests that are kept waiting, as on a connection that has stalled. */
export class HeldRequests {
  readonly urls: string[] = []
  readonly #waiting: Route[] = []
  #released = false

  private constructor() {}

  /** Holds back every request whose address matches, from now on. */
  static async of(page: Page, address: RegExp): Promise<HeldRequests> {
    const held = new HeldRequests()
    await page.route(address, async (route) => {
      held.urls.push(route.request().url())
      if (held.#released) await route.continue()
      else held.#waiting.push(route)
    })
    return held
  }

  /** Lets them through, and all that follow. */
  async release(): Promise<void> {
    this.#released = true
    // A page that cancelled a request is no longer waiting for its answer.
    await Promise.all(this.#waiting.map((route) => route.continue().catch(() => {})))
  }
}
