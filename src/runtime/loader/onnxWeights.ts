import { fields, messages, text } from './protobuf.ts'

/**
 * Reads single weights out of an ONNX graph that keeps them in an external file. Only the few fields of the format that this
 * needs are understood (github.com/onnx/onnx, onnx.proto): ModelProto.graph, GraphProto.initializer, and of a TensorProto its
 * dims, data type, name and external data.
 */

/** A weight with the numbers in float32. */
export interface Weight {
  shape: number[]
  values: Float32Array
}

const MODEL_GRAPH = 7
const GRAPH_INITIALIZER = 5
const TENSOR = { dims: 1, dataType: 2, name: 8, externalData: 13 } as const
const ENTRY = { key: 1, value: 2 } as const
const DATA_TYPE = { float: 1, float16: 10 } as const

/**
 * Reads the initializer of a name.
 * @param graph bytes of an `.onnx` file
 * @param weights bytes of the external file that it refers to
 * @returns undefined if the graph has no such initializer
 * @throws if the weight is neither fp32 nor fp16, or lies outside the file
 */
export function readWeight(graph: Uint8Array, weights: Uint8Array, name: string): Weight | undefined {
  for (const body of messages(graph, MODEL_GRAPH)) {
    for (const tensor of messages(body, GRAPH_INITIALIZER)) {
      const header = readHeader(tensor)
      if (header.name === name) return { shape: header.dims, values: readValues(header, weights) }
    }
  }
  return undefined
}

interface Header {
  name: string
  dims: number[]
  dataType: number
  external: Map<string, string>
}

function readHeader(tensor: Uint8Array): Header {
  const header: Header = { name: '', dims: [], dataType: 0, external: new Map() }
  for (const { field, value } of fields(tensor)) {
    if (field === TENSOR.dataType && typeof value === 'number') header.dataType = value
    if (field === TENSOR.dims) header.dims.push(...(typeof value === 'number' ? [value] : packed(value)))
    if (typeof value === 'number') continue
    if (field === TENSOR.name) header.name = text(value)
    if (field === TENSOR.externalData) {
      const entry = new Map([...fields(value)].map((part) => [part.field, part.value]))
      const [key, content] = [entry.get(ENTRY.key), entry.get(ENTRY.value)]
      if (key instanceof Uint8Array && content instanceof Uint8Array) header.external.set(text(key), text(content))
    }
  }
  return header
}

function readValues({ name, dims, dataType, external }: Header, weights: Uint8Array): Float32Array {
  const count = dims.reduce((product, size) => product * size, 1)
  const offset = Number(external.get('offset') ?? Number.NaN)
  const size = dataType === DATA_TYPE.float ? 4 : dataType === DATA_TYPE.float16 ? 2 : undefined
  if (size === undefined)
    throw new Error(`The weight "${name}" is stored as type ${dataType}; only floats can be read.`)
  if (!(offset >= 0 && offset + count * size <= weights.length)) {
    throw new Error(`The weight "${name}" does not lie in the weight file.`)
  }
  const bytes = new DataView(weights.buffer, weights.byteOffset + offset, count * size)
  return Float32Array.from({ length: count }, (_, i) =>
    size === 4 ? bytes.getFloat32(4 * i, true) : halfToFloat(bytes.getUint16(2 * i, true)),
  )
}

/** The number that an IEEE 754 half-precision pattern stands for. */
export function halfToFloat(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1
  const exponent = (bits >> 10) & 0x1f
  const fraction = bits & 0x3ff
  if (exponent === 0x1f) return fraction ? Number.NaN : sign * Infinity
  return exponent === 0 ? sign * fraction * 2 ** -24 : sign * (1 + fraction / 1024) * 2 ** (exponent - 15)
}

function packed(bytes: Uint8Array): number[] {
  const values: number[] = []
  let value = 0
  let shift = 1
  for (const byte of bytes) {
    value += (byte & 0x7f) * shift
    shift *= 128
    if (byte >= 0x80) continue
    values.push(value)
    value = 0
    shift = 1
  }
  return values
}
