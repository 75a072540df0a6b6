import { openDB, type DBSchema, type IDBPDatabase } from 'idb'

/** Pieces of files, by the hash of the whole file, so that a broken download can go on. */
export interface SegmentStore {
  /** The pieces that are there without a gap, in order. */
  readSegments(sha256: string): Promise<Uint8Array[]>
  /** @throws when the storage is full. */
  writeSegment(sha256: string, index: number, bytes: Uint8Array): Promise<void>
  dropFile(sha256: string): Promise<void>
  /** Small texts by address: manifests, so that a cached model opens without a network. */
  readText(url: string): Promise<string | undefined>
  writeText(url: string, text: string): Promise<void>
}

interface Schema extends DBSchema {
  segments: { key: [sha256: string, index: number]; value: Uint8Array }
  texts: { key: string; value: string }
}

const DATABASE = 'specprune-models'

/** The browser's persistent store. Where storage is forbidden (private windows), a store that lasts for the page. */
export async function openSegmentStore(): Promise<SegmentStore> {
  try {
    const database = await openDB<Schema>(DATABASE, 1, {
      upgrade(upgraded) {
        upgraded.createObjectStore('segments')
        upgraded.createObjectStore('texts')
      },
    })
    return persistentStore(database)
  } catch {
    return createMemoryStore()
  }
}

function persistentStore(database: IDBPDatabase<Schema>): SegmentStore {
  const keysOf = (sha256: string) => IDBKeyRange.bound([sha256, 0], [sha256, Number.MAX_SAFE_INTEGER])
  return {
    async readSegments(sha256) {
      const [keys, values] = await Promise.all([
        database.getAllKeys('segments', keysOf(sha256)),
        database.getAll('segments', keysOf(sha256)),
      ])
      const gap = keys.findIndex((key, position) => key[1] !== position)
      return gap < 0 ? values : values.slice(0, gap)
    },
    async writeSegment(sha256, index, bytes) {
      await database.put('segments', bytes, [sha256, index])
    },
    dropFile: (sha256) => database.delete('segments', keysOf(sha256)),
    readText: (url) => database.get('texts', url),
    async writeText(url, text) {
      await database.put('texts', text, url)
    },
  }
}

/** A store that forgets with the page. */
export function createMemoryStore(): SegmentStore {
  const files = new Map<string, Uint8Array[]>()
  const texts = new Map<string, string>()
  return {
    readSegments: (sha256) => Promise.resolve([...(files.get(sha256) ?? [])]),
    writeSegment(sha256, index, bytes) {
      const segments = files.get(sha256) ?? []
      segments[index] = bytes
      files.set(sha256, segments)
      return Promise.resolve()
    },
    dropFile(sha256) {
      files.delete(sha256)
      return Promise.resolve()
    },
    readText: (url) => Promise.resolve(texts.get(url)),
    writeText(url, text) {
      texts.set(url, text)
      return Promise.resolve()
    },
  }
}
