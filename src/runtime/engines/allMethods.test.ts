import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { describeParameters } from '../../core/pruning/parameters.ts'
import { type Method, selectorRegistry, startMethod } from '../../core/pruning/registry.ts'
import type { QueryResult } from '../../core/policy/engine.ts'
import { openNodePolicy, type NodePolicy } from '../node/nodePolicy.ts'
import { observationAt } from '../openLoopWalk.ts'
import { fakeEpisode } from '../testing/fakeEpisode.ts'
import { TINY_MODEL } from '../testing/paths.ts'

const QUERIES = 5
const GAP = 2

/** Methods that run within the query; oracles ask for a dense pass or for masks, which drivers bring. */
const METHODS = selectorRegistry
  .filter(({ id, parameters }) => {
    const budgeted = describeParameters(parameters).some(({ name }) => name === 'budget')
    return budgeted && !id.startsWith('oracle')
  })
  .map(({ id }) => id)

describe('every method on the layered engine', () => {
  let policy: NodePolicy
  const episode = fakeEpisode(QUERIES * GAP)

  beforeAll(async () => {
    policy = await openNodePolicy(TINY_MODEL)
  })
  afterAll(() => policy.dispose())

  /** Queries on frames that repeat twice each, so that every other query sees nothing move. */
  async function run(method: Method): Promise<QueryResult[]> {
    const { layout, model } = policy.files.manifest
    const session = startMethod(method, { layout, layers: model.layers, seed: 0 })
    session.beginEpisode(0)
    const results: QueryResult[] = []
    for (let query = 0; query < QUERIES; query++) {
      const observation = observationAt(episode, Math.floor(query / 2))
      const at = (step: number) => observationAt(episode, Math.floor(step / GAP / 2)).images
      const step = query * GAP
      session.beforeQuery({
        step,
        observation,
        imagesAt: (back) => (back <= step ? at(step - back) : undefined),
        executedActions: query === 0 ? [] : Array.from({ length: GAP }, () => new Float32Array(7).fill(0.1 * query)),
      })
      const result = await policy.engines.layered.query(observation, { session })
      session.afterQuery({ chunk: result.chunk, survivors: result.survivors })
      results.push(result)
    }
    return results
  }

  it.each(METHODS)('%s: keeping everything is the unpruned chunk, bit for bit', async (id) => {
    const kept = await run({ id, values: { budget: 1 } })
    for (const [query, { chunk }] of kept.entries()) {
      const plain = await policy.engines.layered.query(observationAt(episode, Math.floor(query / 2)))
      expect(chunk).toEqual(plain.chunk)
    }
  })

  it.each(METHODS)('%s: runs on fewer tokens at a budget', async (id) => {
    const results = await run({ id, values: { budget: 0.5 } })
    expect(results.every(({ chunk }) => chunk.every(Number.isFinite))).toBe(true)
    const fewest = Math.min(...results.map(({ layers }) => layers[layers.length - 1].visualTokens))
    expect(fewest).toBeLessThan(512 * 0.55)
  })
})
