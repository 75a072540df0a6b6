import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { QueryResult } from '../../core/policy/engine.ts'
import type { SelectorSession } from '../../core/pruning/contract.ts'
import { parseMethod, startMethod } from '../../core/pruning/registry.ts'
import { goldenObservation, maxDifference } from '../golden.ts'
import { openNodePolicy, type NodePolicy } from '../node/nodePolicy.ts'
import { OpenLoopWalk } from '../openLoopWalk.ts'
import type { EpisodeFrames } from '../protocol.ts'
import { fakeEpisode } from '../testing/fakeEpisode.ts'
import { TINY_MODEL } from '../testing/paths.ts'
import type { FusedEngine } from './fusedEngine.ts'

const FRAMES = 33
const EXECUTED = 8
const CHUNK_TOLERANCE = 1e-4

describe('the fused engine on the tiny model', () => {
  let policy: NodePolicy
  let fused: FusedEngine
  let episode: EpisodeFrames

  beforeAll(async () => {
    policy = await openNodePolicy(TINY_MODEL)
    if (!policy.engines.fused) throw new Error('The tiny model has no fused graph.')
    fused = policy.engines.fused
    episode = fakeEpisode(FRAMES)
  })
  afterAll(() => policy.dispose())

  function start(method: string): SelectorSession {
    const { layout, model } = policy.files.manifest
    return startMethod(parseMethod(method), { layout, layers: model.layers, seed: 0 })
  }

  /** An open-loop run of a method on one engine. */
  async function run(method: string, engine: 'layered' | 'fused'): Promise<QueryResult[]> {
    const walk = new OpenLoopWalk(episode, start(method), EXECUTED)
    const results: QueryResult[] = []
    while (!walk.done) {
      const observation = walk.begin()
      const { session } = walk
      const result = await (engine === 'fused' ? fused : policy.engines.layered).query(observation, { session })
      results.push(result)
      walk.finish(session, result)
    }
    return results
  }

  it('gives the dense chunk without a method', async () => {
    for (const entry of policy.files.golden.cases) {
      const observation = goldenObservation(policy.files.manifest, entry)
      const dense = await policy.engines.dense.query(observation)
      const plain = await fused.query(observation)
      expect(maxDifference(plain.chunk, dense.chunk)).toBeLessThan(2e-6)
      expect(plain.layers.map((layer) => layer.visualTokens)).toEqual([512, 512, 512, 512])
    }
  })

  it.each([
    'specprune:paper-v3:staticCount=170',
    'specprune:paper-v1:staticCount=90:scoreRows=action:dropShare=0.3',
    'specprune:staticCount=40:minimumTokens=8:confidence=none:averageWeight=1:rankSlope=0.05',
    'specprune:staticCount=200:global=false:localLayers=2:layerLevel=false:globalCombine=each',
  ])('keeps the tokens of the layered engine and gives its chunk: %s', async (method) => {
    const expected = await run(method, 'layered')
    const actual = await run(method, 'fused')
    expect(actual).toHaveLength(expected.length)
    expect(expected.some(({ layers }) => layers.some(({ decision }) => decision))).toBe(true)
    actual.forEach((result, query) => {
      expect(result.layers, `query ${query}`).toEqual(
        expected[query].layers.map((layer) => ({
          ...layer,
          ...(layer.decision && { decision: { ...layer.decision, score: expect.any(Float32Array) as Float32Array } }),
        })),
      )
      expect(result.survivors).toEqual(expected[query].survivors)
      expect(maxDifference(result.chunk, expected[query].chunk)).toBeLessThan(CHUNK_TOLERANCE)
    })
  })

  it('says why a method cannot run inside the graph', async () => {
    const obstacle = (method: string) => {
      const walk = new OpenLoopWalk(episode, start(method), EXECUTED)
      walk.begin()
      return fused.obstacle(walk.session)
    }
    expect(obstacle('random')).toMatch(/it needs SpecPrune .* fixed count \(staticCount\)/)
    expect(obstacle('specprune')).toMatch(/staticCount/)
    expect(obstacle('specprune:staticCount=100:staticLayer=1:localLayers=1')).toMatch(
      /first removes tokens after layer 2, the method after layer 1/,
    )
    expect(obstacle('specprune:staticCount=100')).toBeUndefined()
    const walk = new OpenLoopWalk(episode, start('random'), EXECUTED)
    await expect(fused.query(walk.begin(), { session: walk.session })).rejects.toThrow(/cannot run inside the graph/)
  })
})
