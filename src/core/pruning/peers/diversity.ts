import { argMax, cosine, type RowMatrix } from './vectors.ts'

/**
 * Max-min diversity (DivPrune, Eq. 4 and Alg. 1): the row farthest from its nearest neighbour, then again and again the
 * one farthest from all chosen; distance 1 - cosine, ties to the earlier candidate.
 * @param candidates positions of rows
 * @param count more than there are candidates means all
 * @returns positions in the order in which they were chosen
 */
export function maxMinDiverse(rows: RowMatrix, candidates: Int32Array, count: number): number[] {
  if (count >= candidates.length) return [...candidates]
  const chosen: number[] = []
  const distances = nearestNeighbours(rows, candidates)
  let next = argMax(distances)
  distances.fill(Infinity)
  while (chosen.length < count) {
    chosen.push(candidates[next])
    distances[next] = -Infinity
    for (let i = 0; i < candidates.length; i++) {
      if (distances[i] === -Infinity) continue
      distances[i] = Math.min(distances[i], 1 - cosine(rows, candidates[i], rows, candidates[next]))
    }
    next = argMax(distances)
  }
  return chosen
}

/** Distance of every candidate to the nearest other one. */
function nearestNeighbours(rows: RowMatrix, candidates: Int32Array): Float64Array {
  const nearest = new Float64Array(candidates.length).fill(Infinity)
  for (let i = 0; i < candidates.length; i++) {
    for (let j = i + 1; j < candidates.length; j++) {
      const distance = 1 - cosine(rows, candidates[i], rows, candidates[j])
      if (distance < nearest[i]) nearest[i] = distance
      if (distance < nearest[j]) nearest[j] = distance
    }
  }
  return nearest
}
