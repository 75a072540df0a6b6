/** Name of the text chunk that holds a view's link. */
export const PNG_LINK_KEYWORD = 'specprune-link'

const SIGNATURE = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]

/** A PNG with a text chunk (tEXt, Latin-1) behind its header. @throws if the bytes are no PNG */
export function withPngText(png: Uint8Array, keyword: string, text: string): Uint8Array<ArrayBuffer> {
  if (!isPng(png)) throw new Error('The picture is not a PNG.')
  const data = Uint8Array.from([...latin1(keyword), 0, ...latin1(text)])
  const chunk = new Uint8Array(12 + data.length)
  const view = new DataView(chunk.buffer)
  view.setUint32(0, data.length)
  chunk.set(latin1('tEXt'), 4)
  chunk.set(data, 8)
  view.setUint32(8 + data.length, crc32(chunk.subarray(4, 8 + data.length)))
  const headerEnd = SIGNATURE.length + 12 + new DataView(png.buffer, png.byteOffset).getUint32(SIGNATURE.length)
  const result = new Uint8Array(png.length + chunk.length)
  result.set(png.subarray(0, headerEnd))
  result.set(chunk, headerEnd)
  result.set(png.subarray(headerEnd), headerEnd + chunk.length)
  return result
}

/** The text of a PNG's chunk, or undefined if it is no PNG or has no such chunk. */
export function readPngText(png: Uint8Array, keyword: string): string | undefined {
  if (!isPng(png)) return undefined
  const view = new DataView(png.buffer, png.byteOffset, png.byteLength)
  for (let at = SIGNATURE.length; at + 12 <= png.length;) {
    const length = view.getUint32(at)
    const type = String.fromCharCode(...png.subarray(at + 4, at + 8))
    if (at + 12 + length > png.length) return undefined
    if (type === 'tEXt') {
      const text = String.fromCharCode(...png.subarray(at + 8, at + 8 + length))
      const end = text.indexOf('\0')
      if (text.slice(0, end) === keyword) return text.slice(end + 1)
    }
    at += 12 + length
  }
  return undefined
}

function isPng(bytes: Uint8Array): boolean {
  return SIGNATURE.every((byte, i) => bytes[i] === byte)
}

function latin1(text: string): number[] {
  return Array.from(text, (character) => character.charCodeAt(0) & 0xff)
}

/** CRC-32 of PNG (ISO 3309, polynomial 0xedb88320 reflected). */
function crc32(bytes: Uint8Array): number {
  let crc = 0xffffffff
  for (const byte of bytes) {
    crc ^= byte
    for (let bit = 0; bit < 8; bit++) crc = (crc >>> 1) ^ (crc & 1 ? 0xedb88320 : 0)
  }
  return (crc ^ 0xffffffff) >>> 0
}
