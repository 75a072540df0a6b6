import * as ort from 'onnxruntime-node'
import { beforeAll, describe, expect, it } from 'vitest'
import type { ModelFiles } from '../model.ts'
import { loadModelDirectory } from '../node/loadDirectory.ts'
import { createGraphSession, type OrtApi, type SessionSettings } from '../ort.ts'
import { TINY_MODEL } from '../testing/paths.ts'
import { withConstants } from './onnxConstants.ts'
import { readWeight } from './onnxWeights.ts'

const native = ort as unknown as OrtApi
const SETTINGS: SessionSettings = { provider: 'cpu', gpuResident: false, intraOpThreads: 1 }

describe('withConstants', () => {
  let files: ModelFiles
  let layer: Uint8Array
  beforeAll(async () => {
    files = await loadModelDirectory(TINY_MODEL)
    layer = files.graphs.layers[0]
  })
  const open = (graph: Uint8Array) =>
    createGraphSession(native, graph, files.weights, SETTINGS, { cpu: ['hidden_out'] })

  it('takes the input away and gives what the graph gave for it', async () => {
    const { layout, model } = files.manifest
    const values = Float32Array.from({ length: layout.length * model.width }, (_, i) => Math.sin(i))
    const hidden = new ort.Tensor('float32', values, [1, layout.length, model.width])
    // The last entries are the fixed tokens, which every sequence ends with.
    const keep = Int32Array.from([3, 5, 300, ...Array.from({ length: 16 }, (_, i) => 512 + i)])
    const plain = await open(layer)
    const constant = await open(withConstants(layer, new Map([['keep', keep]])))
    expect(plain.inputNames).toContain('keep')
    expect(constant.inputNames).toEqual(['hidden'])
    const expected = await plain.run({ hidden, keep: new ort.Tensor('int32', keep, [keep.length]) }, ['hidden_out'])
    const actual = await constant.run({ hidden }, ['hidden_out'])
    expect(actual.hidden_out.dims).toEqual([1, keep.length, model.width])
    expect(actual.hidden_out.data).toEqual(expected.hidden_out.data)
  })

  it('leaves the rest of the graph as it is', () => {
    const rewritten = withConstants(layer, new Map())
    expect(Buffer.compare(rewritten, layer)).toBe(0)
    const weight = readWeight(layer, files.weights, 'layer1.qkv.weight')
    expect(weight?.shape).toHaveLength(2)
    const constant = withConstants(layer, new Map([['keep', Int32Array.of(1)]]))
    expect(readWeight(constant, files.weights, 'layer1.qkv.weight')).toEqual(weight)
  })

  it('names an input that is not there', () => {
    expect(() => withConstants(layer, new Map([['keep_02', BigInt64Array.of(1n)]]))).toThrow('no input keep_02')
  })
})
