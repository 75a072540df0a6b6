/** Base64 of bytes; the same text in Node, workers and pages. */
export function encodeBase64(bytes: Uint8Array): string {
  const chunks: string[] = []
  // String.fromCharCode takes its bytes as arguments, and engines limit how many.
  for (let i = 0; i < bytes.length; i += 0x8000) chunks.push(String.fromCharCode(...bytes.subarray(i, i + 0x8000)))
  return btoa(chunks.join(''))
}

/** Bytes of base64 text. @throws on text that is not base64. */
export function decodeBase64(text: string): Uint8Array<ArrayBuffer> {
  const binary = atob(text)
  const bytes = new Uint8Array(binary.length)
  for (let i = 0; i < binary.length; i++) bytes[i] = binary.charCodeAt(i)
  return bytes
}

/** Little-endian float32 values as base64. */
export function encodeFloats(values: Float32Array): string {
  return encodeBase64(new Uint8Array(values.buffer, values.byteOffset, values.byteLength))
}

/** Values of {@link encodeFloats}. @throws if the length is not a multiple of four bytes. */
export function decodeFloats(text: string): Float32Array<ArrayBuffer> {
  const bytes = decodeBase64(text)
  if (bytes.length % 4 !== 0) throw new Error(`Expected float32 values, got ${bytes.length} bytes.`)
  return new Float32Array(bytes.buffer)
}

/** A set of token ids as a bit field: bit `id % 8` of byte `id / 8`. */
export function encodeIds(ids: Int32Array, size: number): string {
  const bytes = new Uint8Array(Math.ceil(size / 8))
  for (const id of ids) bytes[id >> 3] |= 1 << (id & 7)
  return encodeBase64(bytes)
}

/** Ascending token ids of {@link encodeIds}. */
export function decodeIds(text: string): Int32Array<ArrayBuffer> {
  const bytes = decodeBase64(text)
  const ids: number[] = []
  for (let id = 0; id < bytes.length * 8; id++) if (bytes[id >> 3] & (1 << (id & 7))) ids.push(id)
  return Int32Array.from(ids)
}
