import { bytesField, concat, fields, messages, numberField, text } from './protobuf.ts'

const MODEL_GRAPH = 7
const GRAPH = { initializer: 5, input: 11 } as const
const VALUE_NAME = 1
const TENSOR = { dims: 1, dataType: 2, name: 8, rawData: 9 } as const
const DATA_TYPE = { int32: 6, int64: 7 } as const

/** Whole numbers in a row: what an input is to be from now on. */
export type ConstantValues = Int32Array | BigInt64Array

/**
 * Turns inputs of an ONNX graph into constants, so that all shapes that follow from them are known when a session is made.
 * @param graph bytes of an `.onnx` file
 * @param constants vectors by the name of the input that they take the place of
 * @throws if the graph has no such input
 */
export function withConstants(graph: Uint8Array, constants: ReadonlyMap<string, ConstantValues>): Uint8Array {
  const model = [...fields(graph)].map(({ field, value, raw }) =>
    field === MODEL_GRAPH && value instanceof Uint8Array ? bytesField(field, rewriteGraph(value, constants)) : raw,
  )
  return concat(model)
}

function rewriteGraph(graph: Uint8Array, constants: ReadonlyMap<string, ConstantValues>): Uint8Array {
  const missing = new Set(constants.keys())
  const kept: Uint8Array[] = []
  for (const { field, value, raw } of fields(graph)) {
    const name = field === GRAPH.input && value instanceof Uint8Array ? nameOf(value) : undefined
    if (name === undefined || !missing.delete(name)) kept.push(raw)
  }
  if (missing.size > 0) throw new Error(`The graph has no input ${[...missing].join(', ')}.`)
  const initializers = [...constants].map(([name, values]) => bytesField(GRAPH.initializer, tensor(name, values)))
  return concat([...kept, ...initializers])
}

function nameOf(valueInfo: Uint8Array): string | undefined {
  const [name] = messages(valueInfo, VALUE_NAME)
  return name && text(name)
}

function tensor(name: string, values: ConstantValues): Uint8Array {
  return concat([
    numberField(TENSOR.dims, values.length),
    numberField(TENSOR.dataType, values instanceof Int32Array ? DATA_TYPE.int32 : DATA_TYPE.int64),
    bytesField(TENSOR.name, new TextEncoder().encode(name)),
    // Little-endian, as every machine that runs this.
    bytesField(TENSOR.rawData, new Uint8Array(values.buffer, values.byteOffset, values.byteLength)),
  ])
}
