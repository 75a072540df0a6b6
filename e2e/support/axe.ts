import AxeBuilder from '@axe-core/playwright'
import type { Page } from '@playwright/test'

/**
 * What axe calls serious or critical, in words short enough for a failure's message.
 * @param part selector of the part of the page that is looked at; without it all of it
 */
export async function blockingProblems(page: Page, part?: string): Promise<string[]> {
  // The page has no frames: without what axe does for those of other origins, it takes a third of the time.
  const builder = new AxeBuilder({ page }).options({ resultTypes: ['violations'] }).setLegacyMode(true)
  const { violations } = await (part === undefined ? builder : builder.include(part)).analyze()
  return violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .flatMap(({ id, nodes }) => nodes.map((node) => `${id}: ${node.html.slice(0, 160)} — ${node.failureSummary ?? ''}`))
}
