import {
  Binary,
  Bool,
  type Data,
  type DataType,
  Field,
  FixedSizeList,
  Float32,
  Float64,
  Int64,
  List,
  makeData,
  RecordBatch,
  Schema,
  Struct,
  Table,
  tableToIPC,
  Uint8,
  Utf8,
} from 'apache-arrow'
import { Compression, Table as WasmTable, writeParquet, WriterPropertiesBuilder } from 'parquet-wasm'

export type NumberType = 'float32' | 'float64' | 'int64' | 'uint8' | 'bool'

/** A column to be written, one entry per row. */
export type Column = { name: string } & (
  | {
      kind: 'numbers'
      type: NumberType
      /** Row-major, `rows` times the product of `shape`. */
      values: ArrayLike<number>
      /** Shape of one row's value; empty for a scalar. */
      shape: readonly number[]
    }
  | { kind: 'text'; values: readonly string[] }
  | { kind: 'texts'; values: readonly (readonly string[])[] }
  /** Encoded images with their file names, as `datasets` stores images. */
  | { kind: 'images'; values: readonly Uint8Array[]; paths: readonly string[] }
)

/**
 * A table as a parquet file (snappy).
 * @param metadata footer entries, for example `huggingface` or `pandas`
 */
export function encodeParquet(
  columns: readonly Column[],
  rows: number,
  metadata: Record<string, string> = {},
): Uint8Array {
  const children = columns.map((column) => columnData(column, rows))
  const fields = columns.map(({ name }, i) => new Field(name, children[i].type, true))
  // Arrow readers take the entries from the schema, others from the footer: both hold them.
  const schema = new Schema(fields, new Map(Object.entries(metadata)))
  const struct = makeData({ type: new Struct(schema.fields), length: rows, nullCount: 0, children })
  const ipc = tableToIPC(new Table(schema, [new RecordBatch(schema, struct)]), 'stream')
  const properties = new WriterPropertiesBuilder()
    .setCompression(Compression.SNAPPY)
    .setKeyValueMetadata(new Map(Object.entries(metadata)))
    .build()
  return writeParquet(WasmTable.fromIPCStream(ipc), properties)
}

function columnData(column: Column, rows: number): Data {
  switch (column.kind) {
    case 'numbers':
      return nested(numberData(column.type, column.values), column.shape, rows)
    case 'text':
      return textData(column.values)
    case 'texts':
      return textListData(column.values)
    case 'images':
      return imageData(column.values, column.paths)
  }
}

function numberData(type: NumberType, values: ArrayLike<number>): Data {
  const common = { length: values.length, nullCount: 0 }
  switch (type) {
    case 'float32':
      return makeData({ type: new Float32(), ...common, data: Float32Array.from(values) })
    case 'float64':
      return makeData({ type: new Float64(), ...common, data: Float64Array.from(values) })
    case 'int64':
      return makeData({ type: new Int64(), ...common, data: BigInt64Array.from(Array.from(values, BigInt)) })
    case 'uint8':
      return makeData({ type: new Uint8(), ...common, data: Uint8Array.from(values) })
    case 'bool':
      return makeData({ type: new Bool(), ...common, data: packBits(values) })
  }
}

function packBits(values: ArrayLike<number>): Uint8Array {
  const bits = new Uint8Array(Math.ceil(values.length / 8))
  for (let i = 0; i < values.length; i++) if (values[i]) bits[i >> 3] |= 1 << (i & 7)
  return bits
}

/** Wraps values in lists, innermost first: vectors have a fixed length, deeper shapes are lists of lists. */
function nested(values: Data, shape: readonly number[], rows: number): Data {
  if (shape.length === 1) {
    const type = new FixedSizeList(shape[0], itemField(values.type))
    return makeData({ type, length: rows, nullCount: 0, child: values })
  }
  let data = values
  for (let depth = shape.length - 1; depth >= 0; depth--) {
    const length = shape.slice(0, depth).reduce((product, size) => product * size, rows)
    data = listData(
      data,
      Int32Array.from({ length: length + 1 }, (_, i) => i * shape[depth]),
    )
  }
  return data
}

function itemField(type: DataType): Field {
  return new Field('element', type, true)
}

function listData(child: Data, valueOffsets: Int32Array): Data {
  return makeData({
    type: new List(itemField(child.type)),
    length: valueOffsets.length - 1,
    nullCount: 0,
    valueOffsets,
    child,
  })
}

/** Byte strings one after the other, with the offsets at which each begins. */
function concatenate(parts: readonly Uint8Array[]): { data: Uint8Array; valueOffsets: Int32Array } {
  const valueOffsets = new Int32Array(parts.length + 1)
  parts.forEach((part, i) => (valueOffsets[i + 1] = valueOffsets[i] + part.length))
  const data = new Uint8Array(valueOffsets[parts.length])
  parts.forEach((part, i) => data.set(part, valueOffsets[i]))
  return { data, valueOffsets }
}

function textData(values: readonly string[]): Data {
  const encoder = new TextEncoder()
  const bytes = concatenate(values.map((text) => encoder.encode(text)))
  return makeData({ type: new Utf8(), length: values.length, nullCount: 0, ...bytes })
}

function textListData(values: readonly (readonly string[])[]): Data {
  const offsets = new Int32Array(values.length + 1)
  values.forEach((list, i) => (offsets[i + 1] = offsets[i] + list.length))
  return listData(textData(values.flat()), offsets)
}

function imageData(values: readonly Uint8Array[], paths: readonly string[]): Data {
  const bytes = makeData({ type: new Binary(), length: values.length, nullCount: 0, ...concatenate(values) })
  const type = new Struct([new Field('bytes', bytes.type, true), new Field('path', new Utf8(), true)])
  return makeData({ type, length: values.length, nullCount: 0, children: [bytes, textData(paths)] })
}
