/**
 * Eigenvalues and eigenvectors of a symmetric matrix by Householder's reduction to three diagonals and implicit QL.
 * @param matrix row-major `[n, n]`, symmetric; not changed
 * @returns eigenvalues in no particular order, and the vectors as columns of a row-major `[n, n]` matrix
 */
export function symmetricEigen(matrix: Float64Array, n: number): { values: Float64Array; vectors: Float64Array } {
  const vectors = matrix.slice()
  const diagonal = new Float64Array(n)
  const beside = new Float64Array(n)
  tridiagonalise(vectors, diagonal, beside, n)
  implicitQl(vectors, diagonal, beside, n)
  return { values: diagonal, vectors }
}

/** Householder: `a` becomes the product of the reflections, `d` the diagonal, `e[1 ...]` what stands beside it. */
function tridiagonalise(a: Float64Array, d: Float64Array, e: Float64Array, n: number): void {
  for (let i = n - 1; i > 0; i--) {
    let scale = 0
    for (let k = 0; k < i; k++) scale += Math.abs(a[i * n + k])
    d[i] = 0
    if (i === 1 || scale === 0) {
      e[i] = a[i * n + i - 1]
      continue
    }
    let h = 0
    for (let k = 0; k < i; k++) {
      a[i * n + k] /= scale
      h += a[i * n + k] ** 2
    }
    const f = a[i * n + i - 1]
    const g = f >= 0 ? -Math.sqrt(h) : Math.sqrt(h)
    e[i] = scale * g
    h -= f * g
    a[i * n + i - 1] = f - g
    reflect(a, e, n, i, h)
    d[i] = h
  }
  d[0] = 0
  e[0] = 0
  for (let i = 0; i < n; i++) accumulate(a, d, n, i)
}

/** Applies the reflection that row i holds to the rows above it. */
function reflect(a: Float64Array, e: Float64Array, n: number, i: number, h: number): void {
  let f = 0
  for (let j = 0; j < i; j++) {
    a[j * n + i] = a[i * n + j] / h
    let g = 0
    for (let k = 0; k <= j; k++) g += a[j * n + k] * a[i * n + k]
    for (let k = j + 1; k < i; k++) g += a[k * n + j] * a[i * n + k]
    e[j] = g / h
    f += e[j] * a[i * n + j]
  }
  const half = f / (h + h)
  for (let j = 0; j < i; j++) {
    const u = a[i * n + j]
    e[j] -= half * u
    for (let k = 0; k <= j; k++) a[j * n + k] -= u * e[k] + e[j] * a[i * n + k]
  }
}

/** Multiplies the reflection of row i into the product so far, and takes the diagonal out. */
function accumulate(a: Float64Array, d: Float64Array, n: number, i: number): void {
  if (d[i] !== 0) {
    for (let j = 0; j < i; j++) {
      let g = 0
      for (let k = 0; k < i; k++) g += a[i * n + k] * a[k * n + j]
      for (let k = 0; k < i; k++) a[k * n + j] -= g * a[k * n + i]
    }
  }
  d[i] = a[i * n + i]
  a[i * n + i] = 1
  for (let j = 0; j < i; j++) {
    a[j * n + i] = 0
    a[i * n + j] = 0
  }
}

/** Implicit QL with Wilkinson's shift; `z` takes part in every rotation. */
function implicitQl(z: Float64Array, d: Float64Array, e: Float64Array, n: number): void {
  for (let i = 1; i < n; i++) e[i - 1] = e[i]
  e[n - 1] = 0
  for (let l = 0; l < n; l++) {
    for (let end = smallBeside(d, e, l, n); end !== l; end = smallBeside(d, e, l, n)) sweep(z, d, e, n, l, end)
  }
}

/** The first place from l on whose neighbour beside the diagonal is negligible. */
function smallBeside(d: Float64Array, e: Float64Array, l: number, n: number): number {
  let m = l
  while (m < n - 1) {
    const around = Math.abs(d[m]) + Math.abs(d[m + 1])
    if (Math.abs(e[m]) <= Number.EPSILON * around) break
    m++
  }
  return m
}

function sweep(z: Float64Array, d: Float64Array, e: Float64Array, n: number, l: number, m: number): void {
  let g = (d[l + 1] - d[l]) / (2 * e[l])
  let r = Math.hypot(g, 1)
  g = d[m] - d[l] + e[l] / (g + (g >= 0 ? r : -r))
  let s = 1
  let c = 1
  let p = 0
  for (let i = m - 1; i >= l; i--) {
    const f = s * e[i]
    const b = c * e[i]
    r = Math.hypot(f, g)
    e[i + 1] = r
    if (r === 0) {
      d[i + 1] -= p
      e[m] = 0
      return
    }
    s = f / r
    c = g / r
    g = d[i + 1] - p
    r = (d[i] - g) * s + 2 * c * b
    p = s * r
    d[i + 1] = g + p
    g = c * r - b
    for (let k = 0; k < n; k++) {
      const value = z[k * n + i + 1]
      z[k * n + i + 1] = s * z[k * n + i] + c * value
      z[k * n + i] = c * z[k * n + i] - s * value
    }
  }
  d[l] -= p
  e[l] = g
  e[m] = 0
}
