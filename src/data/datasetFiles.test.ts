import { describe, expect, it } from 'vitest'
import { memoryFiles, withPrefetch } from './datasetFiles.ts'
import type { DatasetFiles } from './datasetFiles.ts'

/** Files in memory that tell what was read of them. */
function watchedFiles(): { files: DatasetFiles; reads: string[] } {
  const reads: string[] = []
  const memory = memoryFiles('tiny', new Map([['data.bin', new Uint8Array([1, 2, 3])]]))
  return {
    files: {
      name: memory.name,
      read(path, signal) {
        reads.push(path)
        return memory.read(path, signal)
      },
    },
    reads,
  }
}

describe('withPrefetch', () => {
  it('reads a file once for the prefetch and the read after it', async () => {
    const { files, reads } = watchedFiles()
    const prefetched = withPrefetch(files)
    prefetched.prefetch('data.bin')
    prefetched.prefetch('data.bin')
    expect(reads).toEqual(['data.bin'])
    expect(new Uint8Array(await prefetched.read('data.bin'))).toEqual(new Uint8Array([1, 2, 3]))
    expect(reads).toEqual(['data.bin'])
  })

  it('reads again after that: nothing is kept', async () => {
    const { files, reads } = watchedFiles()
    const prefetched = withPrefetch(files)
    prefetched.prefetch('data.bin')
    await prefetched.read('data.bin')
    await prefetched.read('data.bin')
    expect(reads).toEqual(['data.bin', 'data.bin'])
  })

  it('tells a failure to whoever reads, and lets the next read try again', async () => {
    const { files, reads } = watchedFiles()
    const prefetched = withPrefetch(files)
    prefetched.prefetch('gone.bin')
    await expect(prefetched.read('gone.bin')).rejects.toMatchObject({ code: 'not-found', file: 'gone.bin' })
    await expect(prefetched.read('gone.bin')).rejects.toMatchObject({ code: 'not-found' })
    expect(reads).toEqual(['gone.bin', 'gone.bin'])
  })
})
