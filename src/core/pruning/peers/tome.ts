import { z } from 'zod'
import { createSession, type KeepDecision, type LayerSignals, type SelectorDefinition } from '../contract.ts'
import { lowerBound, toTokenSet } from '../sets.ts'
import { orderByScore } from '../topk.ts'
import { viewsOf, type ViewTokens } from '../views.ts'
import { countPerView, removalFields } from './peerFields.ts'
import { createRemoveByChoice } from './removeByChoice.ts'
import { argMax, cosine, rowMatrix, visualRows, type RowMatrix } from './vectors.ts'

const parameters = z.object(
  removalFields({
    layer: 0,
    firstLayer: 0,
    layerHelp:
      'Layer of a 32-layer model, scaled with depth. ToMe merges within the image encoder; 0 is right behind it.',
    keep: 0.5,
    keepHelp:
      'Share of all visual tokens that is left after merging. ToMe prints 8 to 16 merged per layer; this is ours.',
  }),
)

/** Tokens that have become one: it stands in the row of `id`. */
interface Group {
  id: number
  size: number
  /** Sum of the rows of all members; the mean is this over the size. */
  sum: Float64Array
}

function sumsOf(groups: readonly Group[]): RowMatrix {
  const width = groups[0].sum.length
  const values = new Float64Array(groups.length * width)
  groups.forEach(({ sum }, i) => {
    values.set(sum, i * width)
  })
  return rowMatrix(values, width)
}

/** Bipartite soft matching: the `merges` groups at even places most similar to one at an odd place join it. */
function mergeOnce(groups: readonly Group[], merges: number): Group[] {
  const rows = sumsOf(groups)
  const even = groups.flatMap((_, i) => (i % 2 === 0 ? [i] : []))
  const odd = groups.flatMap((_, i) => (i % 2 === 1 ? [i] : []))
  // The cosine of sums is that of means.
  const best = even.map((i) => {
    const similarities = odd.map((j) => cosine(rows, i, rows, j))
    const target = argMax(similarities)
    return { target: odd[target], similarity: similarities[target] }
  })
  const order = orderByScore(
    best.map(({ similarity }) => similarity),
    even,
  )
  const next: (Group | undefined)[] = [...groups]
  for (const edge of order.subarray(0, merges)) {
    const { target } = best[edge]
    const joined = next[target]
    if (!joined) continue
    const added = groups[even[edge]]
    next[target] = { id: joined.id, size: joined.size + added.size, sum: joined.sum.map((x, k) => x + added.sum[k]) }
    next[even[edge]] = undefined
  }
  return next.filter((group) => group !== undefined)
}

/** Merges until `target` groups (at least 1) are left; no call halves more than the even places. */
function mergeTo(groups: Group[], target: number): Group[] {
  let left = groups
  while (left.length > target) left = mergeOnce(left, Math.min(left.length - target, Math.floor(left.length / 2)))
  return left
}

function groupsOfView(view: ViewTokens, { ids }: LayerSignals, { values, width }: RowMatrix): Group[] {
  const from = lowerBound(ids, view.start)
  const to = lowerBound(ids, view.start + view.count)
  return [...ids.subarray(from, to)].map((id, i) => ({
    id,
    size: 1,
    sum: Float64Array.from(values.subarray((from + i) * width, (from + i + 1) * width)),
  }))
}

function decisionOf(groups: readonly Group[], width: number): KeepDecision {
  const merged = groups.filter(({ size }) => size > 1)
  const keep = toTokenSet(groups.map(({ id }) => id))
  const mergedIds = Int32Array.from(merged, ({ id }) => id)
  const sets = [
    { name: 'alone', ids: keep.filter((id) => !mergedIds.includes(id)) },
    { name: 'merged', ids: mergedIds },
  ]
  if (merged.length === 0) return { keep, sets }
  const rows = new Float32Array(merged.length * width)
  merged.forEach(({ sum, size }, i) => {
    rows.set(
      sum.map((x) => x / size),
      i * width,
    )
  })
  return { keep, sets, replace: { ids: mergedIds, rows } }
}

/** ToMe (ICLR 2023): similar tokens of a view become their mean (docs/methods/tome.md). */
export const tome: SelectorDefinition<typeof parameters> = {
  id: 'tome',
  title: 'ToMe',
  summary: 'Merges similar tokens of a view into their mean, before the first layer. Nothing is thrown away.',
  citation: {
    title: 'Token Merging: Your ViT But Faster',
    source: 'ICLR 2023, arXiv 2210.09461',
    url: 'https://arxiv.org/abs/2210.09461',
  },
  removal: 'merge',
  parameters,
  presets: [],
  start(values, context) {
    const views = viewsOf(context.layout)
    return createSession(
      createRemoveByChoice(values, context, { hidden: true }, (signals, count) => {
        const rows = visualRows(signals)
        const counts = countPerView(
          count,
          views.map((view) => view.count),
        )
        const groups = views.flatMap((view, i) => mergeTo(groupsOfView(view, signals, rows), counts[i]))
        return decisionOf(groups, rows.width)
      }),
    )
  },
}
