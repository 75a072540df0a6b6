import { test as base } from '@playwright/test'
import { Playground } from '../pages/playground.ts'
import { Problems } from './problems.ts'

export { expect } from '@playwright/test'

interface Fixtures {
  problems: Problems
  playground: Playground
}

/** Playwright's `test` with the page object, and with a check that the page reported no error. */
export const test = base.extend<Fixtures>({
  problems: [
    async ({ context }, use) => {
      const problems = new Problems()
      problems.watch(context)
      await use(problems)
      base.expect(problems.unexpected(), 'errors that the page reported').toEqual([])
    },
    { auto: true },
  ],
  playground: async ({ page }, use) => {
    await use(new Playground(page))
  },
})
