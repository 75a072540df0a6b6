import * as ort from 'onnxruntime-node'
import { expect, it } from 'vitest'
import { goldenObservation } from '../golden.ts'
import { loadModelDirectory } from '../node/loadDirectory.ts'
import { createGraphSession, type OrtSession } from '../ort.ts'
import { fakeSelector } from '../testing/fakeSelector.ts'
import { TINY_MODEL } from '../testing/paths.ts'
import { LayeredEngine } from './layeredEngine.ts'

it('the layered engine reads back the scores that the plan names, at the layers that it names, and nothing else', async () => {
  const files = await loadModelDirectory(TINY_MODEL)
  const read: string[][] = []
  const open = async (graph: Uint8Array): Promise<OrtSession> => {
    const settings = { provider: 'cpu', gpuResident: false, intraOpThreads: 1 }
    const session = await createGraphSession(ort, graph, files.weights, settings, { cpu: [] })
    const run = async (feeds: Parameters<OrtSession['run']>[0], fetches: readonly string[]) => {
      read.push([...fetches])
      return session.run(feeds, fetches)
    }
    return { ...session, run, release: () => session.release() } as unknown as OrtSession
  }
  const layers: OrtSession[] = []
  for (const graph of files.graphs.layers) layers.push(await open(graph))
  const sessions = { embed: await open(files.graphs.embed), layers, head: await open(files.graphs.head) }
  const engine = new LayeredEngine(ort, files.manifest, sessions)
  const { session } = fakeSelector({ plan: { textLayers: [2], actionLayers: [2, 3] } })
  await engine.query(goldenObservation(files.manifest, files.golden.cases[0]), { session })
  expect(read).toEqual([
    ['hidden'],
    ['hidden_out'],
    ['hidden_out', 'text_scores', 'action_scores'],
    ['hidden_out', 'action_scores'],
    ['hidden_out'],
    ['chunk'],
  ])
  await engine.dispose()
})
