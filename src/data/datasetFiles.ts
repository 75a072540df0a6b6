import { EpisodeError } from './episodeSource.ts'

/** Read access to the files of one dataset, by their paths inside it. */
export interface DatasetFiles {
  /** Name of the dataset, for keys and messages. */
  readonly name: string
  /** @throws EpisodeError `not-found` or `network`, or the signal's reason when it is aborted. */
  read(path: string, signal?: AbortSignal): Promise<ArrayBuffer>
}

/**
 * Files under a URL. Each file is fetched whole, so any static host serves, with or without Range requests.
 * @param baseUrl with or without a slash at the end
 * @param fetchFile replaces `fetch`, for example by one that looks in a cache first
 */
export function httpFiles(name: string, baseUrl: string, fetchFile: typeof fetch = fetch): DatasetFiles {
  const base = baseUrl.endsWith('/') ? baseUrl : `${baseUrl}/`
  return {
    name,
    async read(path, signal) {
      checkPath(path)
      const response = await fetchFile(base + path, { signal }).catch((error: unknown) => {
        signal?.throwIfAborted()
        throw new EpisodeError('network', path, 'could not be fetched. Check the connection and try again.', {
          cause: error,
        })
      })
      if (response.status === 404) throw missing(path)
      if (!response.ok) {
        throw new EpisodeError('network', path, `the server answered ${response.status}. Try again later.`)
      }
      return response.arrayBuffer()
    },
  }
}

/** Files whose reading can begin before somebody asks for them. */
export interface PrefetchedFiles extends DatasetFiles {
  /** Begins to read a file: the next {@link DatasetFiles.read} of it takes the answer over. */
  prefetch(path: string): void
}

/** Adds {@link PrefetchedFiles.prefetch} to some files. A signal of the later read does not stop what was begun before it. */
export function withPrefetch(files: DatasetFiles): PrefetchedFiles {
  const begun = new Map<string, Promise<ArrayBuffer>>()
  return {
    name: files.name,
    prefetch(path) {
      if (begun.has(path)) return
      const reading = files.read(path)
      // Whoever reads it hears of the failure.
      reading.catch(() => undefined)
      begun.set(path, reading)
    },
    read(path, signal) {
      const reading = begun.get(path)
      begun.delete(path)
      return reading ?? files.read(path, signal)
    },
  }
}

/** Files held in memory: what the writer made, or files that a person dropped on the page. */
export function memoryFiles(name: string, files: ReadonlyMap<string, Uint8Array | Blob>): DatasetFiles {
  return {
    name,
    async read(path, signal) {
      signal?.throwIfAborted()
      const file = files.get(path)
      if (file === undefined) throw missing(path)
      if (file instanceof Uint8Array) return file.slice().buffer
      const bytes = await file.arrayBuffer()
      signal?.throwIfAborted()
      return bytes
    },
  }
}

/** The error for a file that a dataset lacks. */
export function missing(path: string): EpisodeError {
  return new EpisodeError('not-found', path, 'this file of the dataset is missing. Check the folder or address.')
}

/** Refuses paths that lead out of the dataset: they come from its own metadata. @throws EpisodeError */
export function checkPath(path: string): void {
  const parts = path.split('/')
  if (parts.some((part) => part === '' || part === '.' || part === '..') || /[\\:?#]/.test(path)) {
    throw new EpisodeError('corrupt', path, 'this path leads out of the dataset. Check meta/info.json.')
  }
}
