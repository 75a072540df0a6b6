import { readFileSync } from 'node:fs'

/**
 * A golden file, for tests: written by `training/reference/make_goldens.py` with formulas of its own.
 * @param name file name in this folder
 */
export function readGolden<T>(name: string): T {
  return JSON.parse(readFileSync(new URL(name, import.meta.url), 'utf8')) as T
}

/** Bytes of a base64 text. */
export function goldenBytes(text: string): Uint8Array {
  return Uint8Array.from(Buffer.from(text, 'base64'))
}
