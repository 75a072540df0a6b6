import { bytesField as bytes, concat, numberField as integer } from '../../src/runtime/loader/protobuf.ts'
import type { OrtApi, SessionSettings } from '../../src/runtime/ort.ts'

/** A matrix product `[rows, inner] x [inner, columns]`. */
export interface GemmShape {
  rows: number
  inner: number
  columns: number
}

const RUNS = 40
const WARM_UP_RUNS = 8
const FLOAT = 1

/**
 * The highest rate at which the backend multiplies matrices of a shape, weights packed at load: what a graph made of
 * nothing but such products could reach.
 * @returns GFLOP/s of the fastest run
 */
export async function measureGemmPeak(ort: OrtApi, settings: SessionSettings, shape: GemmShape): Promise<number> {
  const session = await ort.InferenceSession.create(gemmModel(shape), {
    executionProviders: [settings.provider],
    ...(settings.intraOpThreads && { intraOpNumThreads: settings.intraOpThreads, interOpNumThreads: 1 }),
  })
  const values = Float32Array.from({ length: shape.rows * shape.inner }, (_, i) => Math.sin(i))
  const x = new ort.Tensor('float32', values, [shape.rows, shape.inner])
  let fastest = Number.POSITIVE_INFINITY
  for (let run = 0; run < WARM_UP_RUNS + RUNS; run++) {
    const start = performance.now()
    const { y } = await session.run({ x })
    if (run >= WARM_UP_RUNS) fastest = Math.min(fastest, performance.now() - start)
    y.dispose()
  }
  await session.release()
  return (2 * shape.rows * shape.inner * shape.columns) / fastest / 1e6
}

/** An ONNX file with one MatMul whose weights are inside; field numbers are those of onnx.proto. */
function gemmModel({ rows, inner, columns }: GemmShape): Uint8Array {
  const weights = Float32Array.from({ length: inner * columns }, (_, i) => Math.cos(i))
  const initializer = message(
    integer(1, inner),
    integer(1, columns),
    integer(2, FLOAT),
    text(8, 'w'),
    bytes(9, new Uint8Array(weights.buffer)),
  )
  const value = (name: string, dims: readonly number[]) =>
    message(
      text(1, name),
      bytes(
        2,
        message(
          bytes(
            1,
            message(integer(1, FLOAT), bytes(2, message(...dims.map((dim) => bytes(1, message(integer(1, dim))))))),
          ),
        ),
      ),
    )
  const node = message(text(1, 'x'), text(1, 'w'), text(2, 'y'), text(4, 'MatMul'))
  const graph = message(
    bytes(1, node),
    text(2, 'gemm'),
    bytes(5, initializer),
    bytes(11, value('x', [rows, inner])),
    bytes(12, value('y', [rows, columns])),
  )
  return message(integer(1, 8), bytes(7, graph), bytes(8, message(integer(2, 17))))
}

const message = (...fields: readonly Uint8Array[]) => concat(fields)
const text = (field: number, value: string) => bytes(field, new TextEncoder().encode(value))
