import { orderByScore } from '../topk.ts'
import { dot, type RowMatrix } from './vectors.ts'

const NEIGHBOURS = 5

/** Clusters of rows: the positions of their centres and, for each row, which centre it belongs to. */
export interface Clusters {
  centres: Int32Array
  /** Index into `centres`, per row. */
  members: Int32Array
}

/**
 * Density peaks among k nearest neighbours (DPC-kNN): a centre is dense and far from anything denser. Distances are
 * Euclidean over sqrt(width), the density is exp(-mean squared distance to the 5 nearest, itself included).
 * Equal densities rank by position, equal scores too.
 */
export function densityPeaks(rows: RowMatrix, count: number): Clusters {
  const n = rows.count
  const distances = pairDistances(rows)
  const row = (i: number): Float64Array => distances.subarray(i * n, (i + 1) * n)
  const densities = Float64Array.from({ length: n }, (_, i) => {
    const nearest = row(i).slice().sort().subarray(0, NEIGHBOURS)
    return Math.exp(-nearest.reduce((sum, distance) => sum + distance * distance, 0) / nearest.length)
  })
  const farthest = distances.reduce((a, b) => Math.max(a, b), 0)
  const positions = Int32Array.from({ length: n }, (_, i) => i)
  const scores = Float64Array.from(positions, (i) => {
    let separation = Infinity
    for (let j = 0; j < n; j++) {
      const denser = densities[j] > densities[i] || (densities[j] === densities[i] && j < i)
      if (denser) separation = Math.min(separation, row(i)[j])
    }
    return densities[i] * (separation === Infinity ? farthest : separation)
  })
  const centres = orderByScore(scores, positions).subarray(0, count)
  const members = positions.map((i) => {
    const own = centres.indexOf(i)
    return own >= 0 ? own : nearestCentre(row(i), centres)
  })
  return { centres, members }
}

/** Mean row of each cluster, row-major. */
export function clusterMeans({ values, width }: RowMatrix, { centres, members }: Clusters): Float64Array {
  const means = new Float64Array(centres.length * width)
  const sizes = new Int32Array(centres.length)
  members.forEach((cluster, i) => {
    sizes[cluster]++
    for (let k = 0; k < width; k++) means[cluster * width + k] += values[i * width + k]
  })
  return means.map((sum, i) => sum / sizes[Math.floor(i / width)])
}

function pairDistances(rows: RowMatrix): Float64Array {
  const n = rows.count
  const distances = new Float64Array(n * n)
  for (let i = 0; i < n; i++) {
    for (let j = i + 1; j < n; j++) {
      const square = Math.max(0, rows.squares[i] + rows.squares[j] - 2 * dot(rows, i, rows, j))
      distances[i * n + j] = distances[j * n + i] = Math.sqrt(square / rows.width)
    }
  }
  return distances
}

function nearestCentre(distances: Float64Array, centres: Int32Array): number {
  let best = 0
  centres.forEach((centre, c) => {
    if (distances[centre] < distances[centres[best]]) best = c
  })
  return best
}
