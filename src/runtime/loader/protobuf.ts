/**
 * Just enough of protocol buffers to read and rewrite ONNX graphs: fields of a message in the order in which they stand.
 */

/** A field of a message. */
export interface ProtobufField {
  field: number
  /** A number for varints, bytes for the rest. */
  value: number | Uint8Array
  /** The field as it is written, with its key. */
  raw: Uint8Array
}

/** The fields of a message. @throws if it ends in the middle of one */
export function* fields(bytes: Uint8Array): Generator<ProtobufField> {
  let at = 0
  const varint = (): number => {
    let value = 0
    for (let shift = 1; ; shift *= 128) {
      const byte = bytes[at++]
      value += (byte & 0x7f) * shift
      if (byte < 0x80) return value
    }
  }
  while (at < bytes.length) {
    const start = at
    const key = varint()
    const field = Math.floor(key / 8)
    const kind = key % 8
    if (kind === 0) {
      const value = varint()
      yield { field, value, raw: bytes.subarray(start, at) }
      continue
    }
    const length = kind === 2 ? varint() : kind === 1 ? 8 : kind === 5 ? 4 : Number.NaN
    if (!(at + length <= bytes.length)) throw new Error('Not an ONNX graph: a field runs beyond its end.')
    const value = bytes.subarray(at, at + length)
    at += length
    yield { field, value, raw: bytes.subarray(start, at) }
  }
}

/** The messages, texts or bytes that a message holds under a number. */
export function* messages(bytes: Uint8Array, wanted: number): Generator<Uint8Array> {
  for (const { field, value } of fields(bytes)) if (field === wanted && value instanceof Uint8Array) yield value
}

/** A text field's value. */
export function text(bytes: Uint8Array): string {
  return new TextDecoder().decode(bytes)
}

/** A field that holds bytes, a text or a message. */
export function bytesField(field: number, value: Uint8Array): Uint8Array {
  return concat([varintBytes(field * 8 + 2), varintBytes(value.length), value])
}

/** A field that holds a whole number that is not negative. */
export function numberField(field: number, value: number): Uint8Array {
  return concat([varintBytes(field * 8), varintBytes(value)])
}

/** Some byte strings in one. */
export function concat(parts: readonly Uint8Array[]): Uint8Array {
  const all = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0))
  let at = 0
  for (const part of parts) {
    all.set(part, at)
    at += part.length
  }
  return all
}

function varintBytes(value: number): Uint8Array {
  const bytes: number[] = []
  let rest = value
  for (; rest >= 0x80; rest = Math.floor(rest / 128)) bytes.push((rest % 128) | 0x80)
  bytes.push(rest)
  return Uint8Array.from(bytes)
}
