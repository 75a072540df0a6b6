/**
 * How the service worker answers requests for what is not part of the page itself.
 * - `cache-first`: the name holds a hash of the content, or the file is one of a build;
 * - `network-first`: the newest if there is a network, the last one that was seen without;
 * - `network`: left alone.
 */
export type CachePolicy = 'cache-first' | 'network-first' | 'network'

const DATA = /^(episodes|runs|results|lessons)\//
/** The lists of models; graphs and weights are kept under their hash by the loader, and a second copy would be waste. */
const MODEL_LISTS = /^models\/(index\.json|[^/]+\/manifest\.json)$/
const RUNTIME = /^assets\/[^/]+\.wasm$/

/**
 * The policy for a file.
 * @param url absolute address
 * @param scope absolute address of the folder that the page is in, with a slash at its end
 */
export function cachePolicyOf(url: string, scope: string): CachePolicy {
  if (!url.startsWith(scope)) return 'network'
  const path = url.slice(scope.length).replace(/[?#].*$/s, '')
  if (RUNTIME.test(path)) return 'cache-first'
  return DATA.test(path) || MODEL_LISTS.test(path) ? 'network-first' : 'network'
}

/** Whether an address is the page itself, whatever stands after `?`. */
export function isPage(url: string, scope: string): boolean {
  const path = url.startsWith(scope) ? url.slice(scope.length).replace(/[?#].*$/s, '') : undefined
  return path === '' || path === 'index.html'
}

/** What makes a page cross-origin isolated (docs/hosting.md). */
const ISOLATION = {
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Embedder-Policy': 'require-corp',
  'Cross-Origin-Resource-Policy': 'same-origin',
}

/** An answer that has the headers of isolation: as it is, or a copy where the host could not set them. */
export function isolated(response: Response): Response {
  const missing = Object.entries(ISOLATION).filter(([name]) => !response.headers.has(name))
  if (missing.length === 0 || response.type === 'opaque' || response.status === 0) return response
  const headers = new Headers(response.headers)
  for (const [name, value] of missing) headers.set(name, value)
  const { status, statusText } = response
  return new Response(response.body, { status, statusText, headers })
}
