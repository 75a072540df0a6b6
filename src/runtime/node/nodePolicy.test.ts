import { cp, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { goldenObservation, maxDifference } from '../golden.ts'
import { fakeSelector, keeping } from '../testing/fakeSelector.ts'
import { TINY_MODEL } from '../testing/paths.ts'
import { loadModelDirectory } from './loadDirectory.ts'
import { openNodePolicy } from './nodePolicy.ts'

/** The same sums in another order; float32. */
const TOLERANCE = 2e-6

describe('a policy in Node', () => {
  let directory: string

  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'model-'))
    await cp(TINY_MODEL, directory, { recursive: true })
  })
  afterEach(() => rm(directory, { recursive: true }))

  it('computes the same with the graphs for native code as with those of the page', async () => {
    const [portable, native] = [await loadModelDirectory(TINY_MODEL), await loadModelDirectory(TINY_MODEL, 'native')]
    expect(native.graphs.dense).not.toEqual(portable.graphs.dense)
    expect(native.graphs.head).toEqual(portable.graphs.head)
    const observation = goldenObservation(portable.manifest, portable.golden.cases[0])
    const half = fakeSelector({
      plan: { decisionLayers: [2] },
      decide: ({ ids, layer }) => (layer === 2 ? keeping(ids.filter((id) => id % 2 === 0)) : undefined),
    })
    const chunks = []
    for (const backend of ['node', 'wasm'] as const) {
      const policy = await openNodePolicy(TINY_MODEL, { backend })
      const dense = await policy.engines.dense.query(observation)
      const pruned = await policy.engines.layered.query(observation, { session: half.session })
      chunks.push([dense.chunk, pruned.chunk])
      await policy.dispose()
    }
    const [ours, theirs] = chunks
    expect(maxDifference(ours[0], theirs[0])).toBeLessThan(TOLERANCE)
    expect(maxDifference(ours[1], theirs[1])).toBeLessThan(TOLERANCE)
    expect(maxDifference(ours[0], ours[1]), 'removal changes the chunk').toBeGreaterThan(TOLERANCE)
  })

  it('names the file of either kind that is damaged, and only where somebody runs it', async () => {
    await writeFile(join(directory, 'dense.native.onnx'), 'damaged')
    await expect(openNodePolicy(directory)).rejects.toThrow('dense.native.onnx is not the file')
    await expect(loadModelDirectory(directory)).resolves.toBeDefined()
  })

  it('runs models that have no graphs of their own for native code', async () => {
    const { manifest } = await loadModelDirectory(directory)
    const { native: _, ...graphs } = manifest.graphs
    await writeFile(join(directory, 'manifest.json'), JSON.stringify({ ...manifest, graphs }))
    const policy = await openNodePolicy(directory)
    expect(policy.files.graphs.dense).toEqual((await loadModelDirectory(TINY_MODEL)).graphs.dense)
    await policy.dispose()
  })
})
