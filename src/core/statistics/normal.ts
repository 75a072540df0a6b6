/** Density of the standard normal distribution. */
export function normalDensity(x: number): number {
  return Math.exp(-(x ** 2) / 2) / Math.sqrt(2 * Math.PI)
}

/**
 * Standard normal distribution function by its power series 1/2 + density(x) (x + x^3/3 + x^5/(3 5) + ...),
 * Abramowitz and Stegun 26.2.11. Absolute error below 1e-14 for |x| up to 8.
 */
export function normalCdf(x: number): number {
  if (Math.abs(x) > 8) return x > 0 ? 1 : 0
  let term = x
  let sum = x
  for (let k = 3; Math.abs(term) > 1e-17 * Math.abs(sum); k += 2) {
    term *= x ** 2 / k
    sum += term
  }
  return 0.5 + normalDensity(x) * sum
}

/**
 * The x with normalCdf(x) = p. Newton's method from 0, which approaches from one side because the function is concave
 * there. Good to 1e-12 for p in 1e-6 ... 1 - 1e-6.
 * @throws if p is not inside (0, 1)
 */
export function normalQuantile(p: number): number {
  if (!(p > 0 && p < 1)) throw new Error(`A normal quantile needs 0 < p < 1, got ${p}.`)
  let x = 0
  for (let i = 0; i < 100; i++) {
    const step = (p - normalCdf(x)) / normalDensity(x)
    x += step
    if (Math.abs(step) < 1e-14) break
  }
  return x
}
