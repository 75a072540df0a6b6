import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { ModelFiles } from '../model.ts'
import { LoadError } from '../loader/loadError.ts'
import { assembleModel, listFiles, parseManifest, type GraphForm } from '../loader/modelFormat.ts'
import { sha256Hex } from '../loader/sha256.ts'

/**
 * Reads a model from a directory that holds `manifest.json`, and verifies every file.
 * @param form who will run its graphs
 * @throws LoadError that names the file that is missing or wrong.
 */
export async function loadModelDirectory(directory: string, form: GraphForm = 'portable'): Promise<ModelFiles> {
  const manifest = parseManifest(new TextDecoder().decode(await readBytes(directory, 'manifest.json')))
  const contents = new Map<string, Uint8Array>()
  for (const file of listFiles(manifest, form)) {
    const bytes = await readBytes(directory, file.path)
    if (bytes.length !== file.bytes || (await sha256Hex(bytes)) !== file.sha256) {
      throw new LoadError('hash', `${file.path} is not the file that the manifest in ${directory} describes.`)
    }
    contents.set(file.path, bytes)
  }
  return assembleModel(manifest, (path) => contents.get(path) ?? new Uint8Array(), form)
}

async function readBytes(directory: string, name: string): Promise<Uint8Array<ArrayBuffer>> {
  try {
    return new Uint8Array(await readFile(join(directory, name)))
  } catch (cause) {
    throw new LoadError('network', `Cannot read ${join(directory, name)}.`, { cause })
  }
}
