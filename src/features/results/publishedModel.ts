import type { Comparison } from '../../data/results/comparison.ts'
import { PUBLISHED, type PublishedNumbers } from './published.ts'
import { ownNumbers } from './resultsModel.ts'

/** A method's cells in the table of published numbers beside ours; "–" where there is no number. */
export interface PublishedTexts {
  methodId: string
  title: string
  v1: string
  v3: string
  ours: string
}

/** The rows of that table: what SpecPrune's paper prints, and what our files say at the methods' own settings. */
export function publishedTexts(comparisons: readonly Comparison[]): PublishedTexts[] {
  const [densePublished] = PUBLISHED
  return PUBLISHED.map(({ methodId, title, v1, v3 }) => {
    const ours = ownNumbers(comparisons, methodId)
    return {
      methodId,
      title,
      v1: publishedText(v1, densePublished.v1),
      v3: publishedText(v3, densePublished.v3),
      ours: ours
        ? `${numbersText(ours.average, ours.denseAverage, ours.macs, ours.speedUp)} on ${ours.suites.join(', ')}`
        : '–',
    }
  })
}

function publishedText(printed: PublishedNumbers | undefined, dense: PublishedNumbers | undefined): string {
  return printed ? numbersText(printed.average, dense?.average, printed.flops, printed.speedUp) : '–'
}

function numbersText(success: number, dense: number | undefined, cost: number, speedUp: number): string {
  const difference = dense === undefined ? 0 : success - dense
  const change = difference === 0 ? '' : ` (${difference > 0 ? '+' : ''}${difference.toFixed(1)})`
  return `${success.toFixed(1)}${change} at ${cost.toFixed(0)} %, ${speedUp.toFixed(2)}×`
}
