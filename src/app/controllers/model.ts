import { manifestSchema } from '../../core/schema/manifest.ts'
import type { Manifest } from '../../core/schema/manifest.ts'
import { modelIndexSchema } from '../../core/schema/modelIndex.ts'
import { createInferenceClient } from '../../runtime/client.ts'
import type { InferenceClient } from '../../runtime/client.ts'
import { expectRung } from '../../runtime/device/expectRung.ts'
import { LoadError } from '../../runtime/loader/loadError.ts'
import { downloadSize } from '../../runtime/loader/variant.ts'
import type { BackendRung, LoadProgress, ModelStorage } from '../../runtime/protocol.ts'
import { useModelStore } from '../../stores/modelStore.ts'
import { useNoticeStore } from '../../stores/noticeStore.ts'
import { useRunStore } from '../../stores/runStore.ts'
import { fetchJson, messageOf, pageFile } from '../addresses.ts'
import { createRateMeter } from './downloadRate.ts'

/** Downloads up to this size start by themselves; larger ones wait for a person. */
const AUTOMATIC_BYTES = 48e6

const RUNGS: readonly BackendRung[] = ['webgpu', 'wasm-threads', 'wasm']

/** Loads the policy and keeps the inference worker. */
export interface ModelController {
  /** Decides whether to load at once or to wait for a person, and does so. */
  plan(): Promise<void>
  load(): Promise<void>
  cancel(): void
  /** The worker, once a model is ready in it. */
  ready(): InferenceClient | undefined
}

/**
 * Makes the controller of the policy's weights.
 * @param query of the page's address: `model` and `backend`
 * @param linkedModel id of the model that the open link was made with; `?model=` goes before it
 * @param onReady called when a model can run
 */
export function createModelController(
  query: URLSearchParams,
  linkedModel: () => string | undefined,
  onReady: () => void,
): ModelController {
  let client: InferenceClient | undefined
  let attempt = 0
  const store = useModelStore.getState

  const plan = async () => {
    try {
      await chooseModel(query, linkedModel())
      const { modelId = '', forcedBackend } = store()
      forgetOtherModel(await readManifest(modelId))
      const wish = { backend: await expectRung(forcedBackend), ...forcedStorage() }
      const totalBytes = await downloadSize(modelId, readManifest, wish)
      const reason = reasonToWait(totalBytes)
      if (reason === undefined) await load()
      else store().setLoad({ status: 'planned', totalBytes, reason })
    } catch (error) {
      store().setLoad({ status: 'failed', message: messageOf(error) })
    }
  }

  const load = async () => {
    const { modelId, forcedBackend } = store()
    if (modelId === undefined) return plan()
    const mine = ++attempt
    store().setLoad({ status: 'loading', progress: undefined, bytesPerSecond: undefined })
    client ??= createInferenceClient((message) => {
      client = undefined
      store().setLoad({ status: 'failed', message })
    })
    const meter = createRateMeter()
    const onProgress = (progress: LoadProgress) => {
      if (mine !== attempt || store().load.status !== 'loading') return
      const fromNetwork = progress.loadedBytes - progress.cachedBytes
      const bytesPerSecond = progress.phase === 'download' ? meter.add(fromNetwork, performance.now()) : undefined
      store().setLoad({ status: 'loading', progress, bytesPerSecond })
    }
    try {
      const manifestUrl = pageFile(`models/${modelId}/manifest.json`)
      const forced = { ...(forcedBackend && { backend: forcedBackend }), ...forcedStorage() }
      const model = await client.load({ manifestUrl, ...forced }, onProgress)
      if (mine !== attempt) return
      store().setLoad({ status: 'ready', model })
      onReady()
    } catch (error) {
      if (mine !== attempt) return
      if (error instanceof LoadError && error.code === 'cancelled') store().setLoad({ status: 'cancelled' })
      else store().setLoad({ status: 'failed', message: messageOf(error) })
    }
  }

  return {
    plan,
    load,
    cancel() {
      attempt++
      void client?.cancelLoad()
      store().setLoad({ status: 'cancelled' })
    },
    ready: () => (store().load.status === 'ready' ? client : undefined),
  }
}

/**
 * Opens this page again with another model.
 * @param fragment what is shown, as a share link holds it
 */
export function openPageWithModel(id: string, fragment: string): void {
  const address = new URL(window.location.href)
  address.searchParams.set('model', id)
  address.hash = fragment
  window.location.assign(address)
}

/** Settles which model and which backend this page uses. */
async function chooseModel(query: URLSearchParams, linked: string | undefined): Promise<void> {
  const store = useModelStore.getState()
  const backend = query.get('backend')
  if (backend !== null) {
    const rung = RUNGS.find((candidate) => candidate === backend)
    store.setForcedBackend(rung)
    if (!rung) {
      useNoticeStore.getState().show({
        id: 'backend',
        title: 'The address asks for an unknown backend',
        lines: [`"${backend}" is none of ${RUNGS.join(', ')}; the best one that this browser has is used.`],
      })
    }
  }
  const storage = query.get('storage')
  if (storage === 'fp16' || storage === 'int8') store.setForcedStorage(storage)
  else if (storage !== null) {
    useNoticeStore.getState().show({
      id: 'storage',
      title: 'The address asks for an unknown storage of the weights',
      lines: [`"${storage}" is neither fp16 nor int8; what the model prefers here is used.`],
    })
  }
  const index = await fetchJson('models/index.json', (json) => modelIndexSchema.parse(json))
  if (!index) throw new Error('No model is served with this page: models/index.json is missing.')
  const wanted = query.get('model')
  const known = index.models.some(({ id }) => id === wanted)
  if (wanted !== null && !known && !/^[A-Za-z0-9][A-Za-z0-9._-]*$/.test(wanted)) {
    throw new Error(`The address asks for the model "${wanted}", which is not a model's name.`)
  }
  const offered = index.models.find(({ id }) => id === linked)?.id
  store.setIndex(index, wanted ?? offered ?? index.default)
}

/** `?storage=`, as loads take it. */
function forcedStorage(): { storage?: ModelStorage } {
  const storage = useModelStore.getState().forcedStorage
  return storage === undefined ? {} : { storage }
}

/** Describes a model that is served with the page. */
export async function readManifest(modelId: string): Promise<Manifest> {
  const manifest = await fetchJson(`models/${modelId}/manifest.json`, (json) => manifestSchema.parse(json))
  if (!manifest) throw new Error(`There is no model "${modelId}" beside this page.`)
  return manifest
}

/** Why a person should say yes before the download; undefined if it may start. */
function reasonToWait(totalBytes: number): string | undefined {
  const connection: { saveData?: boolean } | undefined = Reflect.get(navigator, 'connection') as
    { saveData?: boolean } | undefined
  if (connection?.saveData) return 'Your browser asks pages to save data.'
  return totalBytes > AUTOMATIC_BYTES ? 'It is a large download.' : undefined
}

/** Recorded dense scores are of no use to a preview with other weights. */
function forgetOtherModel(manifest: Manifest): void {
  const { recorded, denseOrigin, setDenseFrames } = useRunStore.getState()
  if (denseOrigin === 'recorded' && recorded && recorded.model.weightsSha256 !== manifest.weights.sha256) {
    setDenseFrames(new Map(), 'recorded')
  }
}
