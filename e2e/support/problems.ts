import type { BrowserContext, ConsoleMessage, WebError } from '@playwright/test'

/** Errors that pages reported: a test fails by each that it did not announce. */
export class Problems {
  readonly #found: string[] = []
  readonly #announced: RegExp[] = []

  /** Listens to every page and worker of a browser context. */
  watch(context: BrowserContext): void {
    context.on('console', (message: ConsoleMessage) => {
      if (message.type() === 'error') this.#found.push(`${message.text()} (${message.location().url})`)
    })
    context.on('weberror', (error: WebError) => this.#found.push(`uncaught: ${error.error().message}`))
  }

  /** This test provokes errors that match. */
  expect(pattern: RegExp): void {
    this.#announced.push(pattern)
  }

  /** What nobody announced. */
  unexpected(): string[] {
    return this.#found.filter((text) => !this.#announced.some((pattern) => pattern.test(text)))
  }
}
