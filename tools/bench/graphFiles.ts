/**
 * Times ONNX files against each other, interleaved and on noise: other exports of the same policy
 * (`compare_graphs --keep`), or single operators (`make_operators`).
 *
 *     npx tsx tools/bench/graphFiles.ts --backend wasm work/graphs/*.onnx
 *
 * prints the median and the fastest time of each file, and how many times that of the fastest file its median is.
 */
import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { parseArgs } from 'node:util'
import { createRandom, shuffled, type Random } from '../../src/core/random.ts'
import { nodeRuntime, type NodeBackend } from '../../src/runtime/node/nodePolicy.ts'
import type { OrtApi, OrtSession, OrtTensor, SessionSettings } from '../../src/runtime/ort.ts'
import { processIo, UsageError } from '../cli/io.ts'
import { wholeNumber } from '../cli/options.ts'
import { runStandalone } from '../cli/standalone.ts'

const BACKENDS: readonly NodeBackend[] = ['node', 'wasm']
/** WebAssembly is compiled a second time, by how often its functions run. */
const WARM_UP_ROUNDS = 10

/** A graph that is timed. */
interface TimedGraph {
  file: string
  session: OrtSession
  feeds: Record<string, OrtTensor>
  timesMs: number[]
}

await runStandalone('graphFiles', async () => {
  const call = readCall()
  const { ort, settings } = await nodeRuntime(call.backend, call.threads)
  const random = createRandom(0)
  const graphs: TimedGraph[] = []
  for (const file of call.files) graphs.push(await openGraph(file, ort, settings, random))
  for (let round = -WARM_UP_ROUNDS; round < call.rounds; round++) {
    for (const graph of shuffled(random, graphs)) {
      const start = performance.now()
      await graph.session.run(graph.feeds)
      if (round >= 0) graph.timesMs.push(performance.now() - start)
    }
  }
  processIo.output(`${report(graphs)}\n`)
  for (const { session } of graphs) await session.release()
  // Its threads would keep the process alive.
  if (call.backend === 'wasm' && call.threads > 1) process.exit()
})

function readCall() {
  const { values, positionals } = parseArgs({
    options: {
      backend: { type: 'string', default: 'node' },
      threads: { type: 'string', default: '1' },
      rounds: { type: 'string', default: '30' },
    },
    allowPositionals: true,
  })
  const backend = BACKENDS.find((name) => name === values.backend)
  if (!backend) throw new UsageError(`--backend: "${values.backend}" is not one of ${BACKENDS.join(', ')}`)
  if (positionals.length === 0) throw new UsageError('name at least one ONNX file')
  const missing = positionals.find((file) => !existsSync(file))
  if (missing) throw new UsageError(`there is no file ${missing}`)
  return {
    backend,
    files: positionals,
    threads: wholeNumber('--threads', 1, 64)(values.threads),
    rounds: wholeNumber('--rounds', 1, 10_000)(values.rounds),
  }
}

async function openGraph(file: string, ort: OrtApi, settings: SessionSettings, random: Random): Promise<TimedGraph> {
  const beside = [`${basename(file)}.data`, 'weights.bin'].filter((name) => existsSync(join(dirname(file), name)))
  const session = await ort.InferenceSession.create(new Uint8Array(await readFile(file)), {
    executionProviders: [settings.provider],
    externalData: await Promise.all(
      beside.map(async (path) => ({ path, data: new Uint8Array(await readFile(join(dirname(file), path))) })),
    ),
    ...(settings.intraOpThreads ? { intraOpNumThreads: settings.intraOpThreads, interOpNumThreads: 1 } : {}),
  })
  const feeds: Record<string, OrtTensor> = {}
  for (const input of session.inputMetadata) {
    if (!input.isTensor) throw new Error(`${file}: the input ${input.name} is no tensor`)
    const shape = input.shape.map((size) => (typeof size === 'number' ? size : 1))
    const count = shape.reduce((product, size) => product * size, 1)
    feeds[input.name] = noise(ort, input.type, count, shape, random)
  }
  return { file, session, feeds, timesMs: [] }
}

/** Noise in [-1, 1) where there are numbers, ones where there are words. */
function noise(ort: OrtApi, type: string, count: number, shape: number[], random: Random): OrtTensor {
  if (type === 'float32') {
    return new ort.Tensor(
      'float32',
      Float32Array.from({ length: count }, () => 2 * random() - 1),
      shape,
    )
  }
  if (type === 'int64') return new ort.Tensor('int64', new BigInt64Array(count).fill(1n), shape)
  return new ort.Tensor('int32', new Int32Array(count).fill(1), shape)
}

function report(graphs: readonly TimedGraph[]): string {
  const rows = graphs.map(({ file, timesMs }) => {
    const sorted = timesMs.toSorted((a, b) => a - b)
    return { name: basename(file, '.onnx'), p50: sorted[Math.floor(sorted.length / 2)], fastest: sorted[0] }
  })
  const best = Math.min(...rows.map(({ p50 }) => p50))
  const width = Math.max(...rows.map(({ name }) => name.length))
  return rows
    .map(({ name, p50, fastest }) => {
      const ratio = (p50 / best).toFixed(2)
      return `${name.padEnd(width)}  p50 ${p50.toFixed(2)} ms  fastest ${fastest.toFixed(2)} ms  ${ratio} x the best`
    })
    .join('\n')
}
