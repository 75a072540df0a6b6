import type { Manifest } from '../../core/schema/manifest.ts'
import type { BackendRung, ModelStorage } from '../protocol.ts'
import { LoadError } from './loadError.ts'
import { listFiles } from './modelFormat.ts'

/** What a choice between a model and its twins in other storage depends on. */
export interface VariantWish {
  /** The backend that will run the model; its preferred storage is taken. Without it the model itself. */
  backend?: BackendRung
  /** This storage whatever the manifest prefers. */
  storage?: ModelStorage
}

/**
 * The twin that is loaded in a model's place.
 * @returns the name of its folder, beside the model's; undefined: the model itself
 * @throws LoadError if a storage is asked for that the model does not have
 */
export function twinToLoad(manifest: Manifest, { backend, storage }: VariantWish): string | undefined {
  const wanted = storage ?? (backend && manifest.preferredStorage?.[backend])
  if (wanted !== 'int8') return undefined
  const twin = manifest.variants?.int8
  if (twin === undefined && storage) {
    throw new LoadError('manifest', `The model "${manifest.id}" has no int8 twin; open it without ?storage=int8.`)
  }
  return twin
}

/**
 * Bytes that loading a model downloads where nothing of it is stored.
 * @param model name of the model's folder
 * @param readManifest of the model in a folder
 */
export async function downloadSize(
  model: string,
  readManifest: (model: string) => Promise<Manifest>,
  wish: VariantWish,
): Promise<number> {
  const manifest = await readManifest(model)
  const twin = twinToLoad(manifest, wish)
  const loaded = twin === undefined ? manifest : await readManifest(twin)
  return listFiles(loaded).reduce((sum, { bytes }) => sum + bytes, 0)
}
