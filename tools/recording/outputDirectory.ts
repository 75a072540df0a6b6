import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { basename, dirname, join, resolve } from 'node:path'
import type { WrittenFile } from '../../src/data/lerobot/writer.ts'
import { UsageError } from '../cli/io.ts'

/** A file as the index of a dataset lists it. */
export interface ListedFile {
  path: string
  bytes: number
  sha256: string
}

/** What a recording consists of; anything else in a directory is not ours to delete. */
const OWN_ENTRIES = ['data', 'meta', 'thumbnails', 'index.json']

/** Refuses a directory that holds other things than a recording. @throws UsageError */
export function checkOutputDirectory(directory: string): void {
  if (!existsSync(directory)) return
  const foreign = readdirSync(directory).find((name) => !OWN_ENTRIES.includes(name))
  if (foreign !== undefined) {
    throw new UsageError(
      `--out: ${directory} holds "${foreign}", which is not part of a recording. Choose another directory.`,
    )
  }
}

/**
 * Lets `write` fill a hidden directory beside the target, and puts its contents in the place of an earlier recording when
 * it is done: recording takes minutes, in which the old one stays readable, and a failure leaves it as it was.
 */
export async function replaceRecording<T>(directory: string, write: (partial: string) => T | Promise<T>): Promise<T> {
  const target = resolve(directory)
  const partial = join(dirname(target), `.${basename(target)}.partial-${process.pid}`)
  try {
    const result = await write(partial)
    mkdirSync(target, { recursive: true })
    for (const name of OWN_ENTRIES) {
      rmSync(join(target, name), { recursive: true, force: true })
      renameSync(join(partial, name), join(target, name))
    }
    return result
  } finally {
    rmSync(partial, { recursive: true, force: true })
  }
}

/** Stores a file of the dataset. */
export function storeFile(directory: string, { path, bytes }: WrittenFile): ListedFile {
  const full = join(directory, path)
  mkdirSync(dirname(full), { recursive: true })
  writeFileSync(full, bytes)
  return { path, bytes: bytes.length, sha256: sha256(bytes) }
}

/** SHA-256 in lower-case hexadecimal digits. */
export function sha256(content: Uint8Array | string): string {
  return createHash('sha256').update(content).digest('hex')
}
