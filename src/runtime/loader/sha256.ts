import { LoadError } from './loadError.ts'

/** SHA-256 in hexadecimal. @throws LoadError where the browser offers none (pages without https). */
export async function sha256Hex(bytes: Uint8Array<ArrayBuffer>): Promise<string> {
  if (!globalThis.crypto?.subtle) {
    throw new LoadError('hash', 'Files cannot be verified on this address: open the page over https or on localhost.')
  }
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', bytes))
  return Array.from(digest, (byte) => byte.toString(16).padStart(2, '0')).join('')
}
