/* eslint-disable no-unused-vars -- the sandbox calls them by their names */

// A selector of your own: run it with
//   npm run -s specprune -- replay --episode 0 --selector docs/examples/centre-and-attention.js
// It keeps the best quarter of each view by attention, and always the four patches in the middle.

const settings = { removeAfter: 2, scoreRows: 'text' }

function select({ ids, scores, views }) {
  const keep = new Set()
  for (const { start, count, rows, columns } of views) {
    const own = ids.map((id, i) => ({ id, score: scores[i] })).filter(({ id }) => id >= start && id < start + count)
    own.sort((a, b) => b.score - a.score || a.id - b.id)
    for (const { id } of own.slice(0, Math.ceil(count / 4))) keep.add(id)
    for (const row of [rows / 2 - 1, rows / 2]) {
      for (const column of [columns / 2 - 1, columns / 2])
        keep.add(start + Math.floor(row) * columns + Math.floor(column))
    }
  }
  return [...keep]
}
