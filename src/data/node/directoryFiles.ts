import { readFile } from 'node:fs/promises'
import { basename, join, resolve } from 'node:path'
import { checkPath, type DatasetFiles, missing } from '../datasetFiles.ts'
import { EpisodeError } from '../episodeSource.ts'

/** Files of a dataset in a directory; the directory's name is the dataset's. */
export function directoryFiles(directory: string): DatasetFiles {
  return {
    name: basename(resolve(directory)),
    async read(path, signal) {
      checkPath(path)
      try {
        return new Uint8Array(await readFile(join(directory, path), { signal })).buffer
      } catch (error) {
        signal?.throwIfAborted()
        const code = error instanceof Error && 'code' in error ? error.code : undefined
        if (code === 'ENOENT' || code === 'ENOTDIR') throw missing(path)
        throw new EpisodeError('network', path, `cannot be read from ${directory}.`, { cause: error })
      }
    },
  }
}
