// Runs in a page of its own: the runtime's modules on WebGPU, without the playground around them.
import type * as Ort from 'onnxruntime-web'
import type { QueryResult } from '../../src/core/policy/engine.ts'
import { parseMethod, startMethod } from '../../src/core/pruning/registry.ts'
import { manifestSchema } from '../../src/core/schema/manifest.ts'
import { ACTION_SIZE } from '../../src/core/schema/observation.ts'
import { captureDense } from '../../src/runtime/captureDense.ts'
import { fusedCapture } from '../../src/runtime/captureFused.ts'
import { openGpu } from '../../src/runtime/device/gpu.ts'
import { PlainGraph } from '../../src/runtime/engines/chunkGraph.ts'
import { createEngines, disposeEngines, type PolicyEngines } from '../../src/runtime/engines/createEngines.ts'
import { DenseEngine } from '../../src/runtime/engines/denseEngine.ts'
import { goldenObservation, maxDifference } from '../../src/runtime/golden.ts'
import { assembleModel, listFiles } from '../../src/runtime/loader/modelFormat.ts'
import type { ModelFiles } from '../../src/runtime/model.ts'
import { OpenLoopWalk } from '../../src/runtime/openLoopWalk.ts'
import { createGraphSession, type OrtApi, type SessionSettings } from '../../src/runtime/ort.ts'
import type { CaptureReport, EpisodeFrames } from '../../src/runtime/protocol.ts'

/** Addresses of the page's own onnxruntime. */
export interface OrtFiles {
  entry: string
  mjs: string
  wasm: string
}

/** Where onnxruntime puts the nodes of a graph. */
export interface Placement {
  graph: string
  /** Nodes by execution provider. */
  nodes: Record<string, number>
}

/** What replayed commands gave beside what the graph gives without them. */
export interface CaptureComparison {
  report: CaptureReport
  /** By query: largest difference of a chunk, and the largest value in it. */
  queries: { difference: number; largest: number }[]
}

interface Lab {
  ort: OrtApi
  files: ModelFiles
  settings: SessionSettings
  close(): void
}

async function openLab(model: string, { entry, mjs, wasm }: OrtFiles): Promise<Lab> {
  const ort = (await import(/* @vite-ignore */ entry)) as typeof Ort
  const absolute = (path: string) => new URL(path, location.href).href
  ort.env.wasm.wasmPaths = { mjs: absolute(mjs), wasm: absolute(wasm) }
  ort.env.wasm.numThreads = 1
  ort.env.logLevel = 'error'
  const { device, close } = await openGpu()
  const settings = { provider: { name: 'webgpu', device }, gpuResident: true, device } as const
  return { ort, files: await readModel(model), settings, close }
}

async function readModel(model: string): Promise<ModelFiles> {
  const read = async (path: string) => new Uint8Array(await (await fetch(`/models/${model}/${path}`)).arrayBuffer())
  const text = new TextDecoder().decode(await read('manifest.json'))
  const manifest = manifestSchema.parse(JSON.parse(text))
  const contents = new Map<string, Uint8Array>()
  for (const { path } of listFiles(manifest)) contents.set(path, await read(path))
  return assembleModel(manifest, (path) => contents.get(path) ?? new Uint8Array())
}

/** Creates the session of every graph of a model, as the page does, and reads in onnxruntime's log where its nodes went. */
export async function placementsOf(model: string, ortFiles: OrtFiles): Promise<Placement[]> {
  // Taken before onnxruntime starts, which keeps the function that it finds.
  const log: string[] = []
  console.error = (...parts: unknown[]) => void log.push(parts.join(' '))
  const { ort, files, settings, close } = await openLab(model, ortFiles)
  const { dense, embed, layers, head, fused, reuse = [] } = files.graphs
  const graphs: [string, Uint8Array][] = [
    ['dense', dense],
    ['embed', embed],
    ...layers.map((graph, i): [string, Uint8Array] => [`layer ${i + 1}`, graph]),
    ['head', head],
    ...(fused ? [['fused', fused] as [string, Uint8Array]] : []),
    ...reuse.map((graph, i): [string, Uint8Array] => [`reuse ${i + 1}`, graph]),
  ]
  // As the page makes them, but talkative.
  const talkative = {
    Tensor: ort.Tensor,
    InferenceSession: {
      create: (graph: Uint8Array, options: Ort.InferenceSession.SessionOptions) =>
        ort.InferenceSession.create(graph, { ...options, logSeverityLevel: 0 }),
    },
  } as OrtApi
  const placements: Placement[] = []
  for (const [graph, bytes] of graphs) {
    log.length = 0
    const session = await createGraphSession(talkative, bytes, files.weights, settings, { cpu: [] })
    await session.release()
    const placed = log.join('\n').matchAll(/placed on \[(\w+)\]\. Number of nodes: (\d+)/g)
    placements.push({ graph, nodes: Object.fromEntries([...placed].map(([, provider, n]) => [provider, Number(n)])) })
  }
  close()
  return placements
}

/** What the fused graph kept with and without capture. */
export interface FusedComparison {
  report: CaptureReport | undefined
  queries: { captured: boolean; sameTokens: boolean; difference: number }[]
}

/** Runs a method over an episode of noise in the fused graph, with and without capture. */
export async function compareFusedCapture(
  model: string,
  ortFiles: OrtFiles,
  method: string,
  queries: number,
): Promise<FusedComparison> {
  const { ort, files, settings, close } = await openLab(model, ortFiles)
  const run = async (engines: PolicyEngines): Promise<QueryResult[]> => {
    const { layout, model: size } = files.manifest
    const session = startMethod(parseMethod(method), { layout, layers: size.layers, seed: 0 })
    const walk = new OpenLoopWalk(noise(files, queries), session, EXECUTED)
    const results: QueryResult[] = []
    while (!walk.done) {
      const result = await engines.fused?.query(walk.begin(), { session: walk.session })
      if (!result) throw new Error(`The model "${model}" has no fused graph.`)
      results.push(result)
      walk.finish(walk.session, result)
    }
    return results
  }
  const plain = await createEngines(ort, files, settings)
  const expected = await run(plain)
  await disposeEngines(plain)
  const capturing = await createEngines(ort, files, settings)
  const capture = fusedCapture(ort, files, settings)
  if (capture) capturing.fused?.captureWith(capture)
  const actual = await run(capturing)
  const report = capturing.fused?.captureReport
  await disposeEngines(capturing)
  close()
  const tokens = ({ layers }: QueryResult) => layers.map(({ decision }) => decision?.keep.join() ?? 'all').join('/')
  return {
    report,
    queries: actual.map((result, i) => ({
      captured: result.captured === true,
      sameTokens: tokens(result) === tokens(expected[i]),
      difference: maxDifference(result.chunk, expected[i].chunk),
    })),
  }
}

const EXECUTED = 8

/** An episode in which every frame is another. */
function noise({ manifest }: ModelFiles, queries: number): EpisodeFrames {
  const frames = queries * EXECUTED
  const { imageSize, proprio } = manifest.input
  const pixels = (seed: number) =>
    Uint8Array.from({ length: frames * imageSize * imageSize * 3 }, (_, i) => Math.abs(Math.sin(i * seed) * 1e4) & 255)
  return {
    key: 'noise/0',
    frames,
    imageSize,
    pixels: { front: pixels(0.37), wrist: pixels(0.73) },
    proprio: new Float32Array(frames * proprio.fields.length),
    actions: Float32Array.from({ length: frames * ACTION_SIZE }, (_, i) => 0.2 * Math.sin(i)),
    instruction: manifest.input.vocabulary.slice(1, 3).join(' '),
  }
}

/** Runs the dense graph with and without capture, in turns over two observations. */
export async function compareDenseCapture(model: string, ortFiles: OrtFiles): Promise<CaptureComparison> {
  const { ort, files, settings, close } = await openLab(model, ortFiles)
  const session = await createGraphSession(ort, files.graphs.dense, files.weights, settings, { cpu: ['chunk'] })
  const plain = new DenseEngine(ort, files.manifest, new PlainGraph(session))
  const { engine, report } = await captureDense(ort, files, settings, plain)
  const queries: CaptureComparison['queries'] = []
  const [first, second = first] = files.golden.cases.map((entry) => goldenObservation(files.manifest, entry))
  for (const observation of engine ? [first, second, first, second, second] : []) {
    const expected = (await plain.query(observation)).chunk
    const actual = (await engine?.query(observation))?.chunk ?? new Float32Array()
    queries.push({
      difference: maxDifference(actual, expected),
      largest: maxDifference(expected, new Float32Array(expected.length)),
    })
  }
  await engine?.dispose()
  await plain.dispose()
  close()
  return { report, queries }
}
