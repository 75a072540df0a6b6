import { decode } from 'fast-png'
import { zlibSync } from 'fflate'
import type { RgbImage } from '../core/schema/observation.ts'

const SIGNATURE = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]
const CHANNELS = 3

/** Applies PNG filter `type` to one row; `above` is the row before it, or zeros. */
function filterRow(type: number, row: Uint8Array, above: Uint8Array, out: Uint8Array): void {
  for (let i = 0; i < row.length; i++) {
    const left = i < CHANNELS ? 0 : row[i - CHANNELS]
    const up = above[i]
    const upLeft = i < CHANNELS ? 0 : above[i - CHANNELS]
    out[i] = row[i] - predict(type, left, up, upLeft)
  }
}

function predict(type: number, left: number, up: number, upLeft: number): number {
  switch (type) {
    case 1:
      return left
    case 2:
      return up
    case 3:
      return (left + up) >> 1
    case 4: {
      const estimate = left + up - upLeft
      const [toLeft, toUp, toUpLeft] = [Math.abs(estimate - left), Math.abs(estimate - up), Math.abs(estimate - upLeft)]
      return toLeft <= toUp && toLeft <= toUpLeft ? left : toUp <= toUpLeft ? up : upLeft
    }
    default:
      return 0
  }
}

/** Sum of the bytes as signed numbers: the usual guess at how well a filtered row will compress. */
function rowCost(row: Uint8Array): number {
  let cost = 0
  for (const byte of row) cost += byte < 128 ? byte : 256 - byte
  return cost
}

/** Rows with their filter bytes, each row with the filter that costs least. */
function filteredRows({ width, height, data }: RgbImage): Uint8Array {
  const stride = width * CHANNELS
  const result = new Uint8Array((stride + 1) * height)
  const candidate = new Uint8Array(stride)
  let above: Uint8Array = new Uint8Array(stride)
  for (let y = 0; y < height; y++) {
    const row = data.subarray(y * stride, (y + 1) * stride)
    let best = Infinity
    for (let type = 0; type <= 4; type++) {
      filterRow(type, row, above, candidate)
      const cost = rowCost(candidate)
      if (cost >= best) continue
      best = cost
      result[y * (stride + 1)] = type
      result.set(candidate, y * (stride + 1) + 1)
    }
    above = row
  }
  return result
}

const CRC_TABLE = Uint32Array.from({ length: 256 }, (_, n) => {
  let c = n
  for (let k = 0; k < 8; k++) c = c & 1 ? 0xedb88320 ^ (c >>> 1) : c >>> 1
  return c
})

function crc32(bytes: Uint8Array): number {
  let crc = 0xffffffff
  for (const byte of bytes) crc = CRC_TABLE[(crc ^ byte) & 0xff] ^ (crc >>> 8)
  return ~crc >>> 0
}

function pngChunk(type: string, data: Uint8Array): Uint8Array {
  const chunk = new Uint8Array(data.length + 12)
  const view = new DataView(chunk.buffer)
  view.setUint32(0, data.length)
  for (let i = 0; i < 4; i++) chunk[4 + i] = type.charCodeAt(i)
  chunk.set(data, 8)
  view.setUint32(data.length + 8, crc32(chunk.subarray(4, data.length + 8)))
  return chunk
}

/**
 * Lossless PNG of an RGB image, with a filter per row: about half of what an encoder without filters gives on renders.
 * The same pixels always give the same bytes.
 */
export function encodePng(image: RgbImage): Uint8Array {
  const header = new Uint8Array(13)
  const view = new DataView(header.buffer)
  view.setUint32(0, image.width)
  view.setUint32(4, image.height)
  header.set([8, 2, 0, 0, 0], 8)
  const parts = [
    Uint8Array.from(SIGNATURE),
    pngChunk('IHDR', header),
    pngChunk('IDAT', zlibSync(filteredRows(image), { level: 9 })),
    pngChunk('IEND', new Uint8Array(0)),
  ]
  const png = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0))
  let offset = 0
  for (const part of parts) {
    png.set(part, offset)
    offset += part.length
  }
  return png
}

/**
 * Pixels of a PNG, decoded in JavaScript so that they are the same in every browser and in Node: a canvas may apply
 * colour management.
 * @throws an Error when the bytes are not an 8-bit RGB or RGBA PNG.
 */
export function decodePng(bytes: Uint8Array): RgbImage {
  if (SIGNATURE.some((byte, i) => bytes[i] !== byte)) throw new Error('is not a PNG image')
  const { width, height, depth, channels, data, palette } = decode(bytes, { checkCrc: true })
  if (depth !== 8 || palette !== undefined || (channels !== 3 && channels !== 4)) {
    throw new Error(`is a PNG with ${channels} channels of ${depth} bits; 8-bit RGB is needed`)
  }
  if (channels === 3) return { width, height, data: data as Uint8Array }
  const rgb = new Uint8Array(width * height * 3)
  for (let i = 0; i < width * height; i++) rgb.set(data.subarray(4 * i, 4 * i + 3), 3 * i)
  return { width, height, data: rgb }
}
