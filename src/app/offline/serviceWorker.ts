/// <reference lib="webworker" />
// Built as a script of its own. It keeps the page, and what was opened on it, for visits without a network.
import { clientsClaim } from 'workbox-core'
import { addPlugins, addRoute, cleanupOutdatedCaches, createHandlerBoundToURL, precache } from 'workbox-precaching'
import { registerRoute } from 'workbox-routing'
import { CacheFirst, NetworkFirst } from 'workbox-strategies'
import { cachePolicyOf, isolated, isPage } from './cachePolicy.ts'
import type { OfflineRequest, TakeOverAnswer } from './messages.ts'

/** A file of the build; the revision is part of its name or stands beside it. */
interface BuiltFile {
  url: string
  revision: string | null
}

declare const self: ServiceWorkerGlobalScope

const RUNTIMES = 'specprune-runtimes'
const OPENED = 'specprune-opened'

const scope = self.registration.scope
// The build writes its list of files here.
const files = self.__WB_MANIFEST as BuiltFile[]
/** Each browser needs one of the runtimes; which one shows when it is fetched. */
const isRuntime = ({ url }: BuiltFile) => url.endsWith('.wasm')

addPlugins([{ handlerWillRespond: ({ response }) => Promise.resolve(isolated(response)) }])
precache(files.filter((file) => !isRuntime(file)))
// The query of the page's address chooses a model or a backend; names of files below assets/ have none.
registerRoute(
  ({ request, url }) => request.mode === 'navigate' && isPage(url.href, scope),
  createHandlerBoundToURL('index.html'),
)
addRoute()
cleanupOutdatedCaches()

const strategies = {
  'cache-first': new CacheFirst({ cacheName: RUNTIMES }),
  'network-first': new NetworkFirst({ cacheName: OPENED }),
}
for (const [policy, strategy] of Object.entries(strategies)) {
  registerRoute(({ url }) => cachePolicyOf(url.href, scope) === policy, strategy)
}

// The first visit is served without us; from here on what is opened is kept.
clientsClaim()

self.addEventListener('activate', (event) => event.waitUntil(forgetOldRuntimes()))

self.addEventListener('message', (event) => {
  const request = event.data as OfflineRequest
  const task = request.type === 'keep' ? keep(request.urls) : takeOver(event)
  event.waitUntil(task.then((answer) => event.ports.at(0)?.postMessage(answer)))
})

/** Fetches what is not kept yet; mostly from the browser's own cache, for the page has just used it. */
async function keep(urls: readonly string[]): Promise<number> {
  let kept = 0
  for (const url of new Set(urls)) {
    const policy = cachePolicyOf(url, scope)
    if (policy === 'network') continue
    const cache = await caches.open(policy === 'cache-first' ? RUNTIMES : OPENED)
    if (await cache.match(url)) continue
    // What cannot be fetched now will be asked for again when it is needed.
    await cache.add(url).then(
      () => kept++,
      () => undefined,
    )
  }
  return kept
}

/** Ends the old version, unless another tab still needs its files. */
async function takeOver(event: ExtendableMessageEvent): Promise<TakeOverAnswer> {
  const asking = event.source instanceof Client ? event.source.id : undefined
  const windows = await self.clients.matchAll({ type: 'window', includeUncontrolled: true })
  const otherTabs = windows.filter(({ id, url }) => id !== asking && isPage(url, scope)).length
  if (otherTabs === 0) await self.skipWaiting()
  return { otherTabs }
}

async function forgetOldRuntimes(): Promise<void> {
  const current = new Set(files.filter(isRuntime).map(({ url }) => new URL(url, scope).href))
  const cache = await caches.open(RUNTIMES)
  const old = (await cache.keys()).filter(({ url }) => !current.has(url))
  await Promise.all(old.map((request) => cache.delete(request)))
}
