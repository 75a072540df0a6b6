import { fileURLToPath } from 'node:url'
import { type Method, formatMethod } from '../../../src/core/pruning/registry.ts'
import { quantile } from '../../../src/core/statistics/quantile.ts'
import { visualTokenCount } from '../../../src/core/tokens/layout.ts'
import { checkGolden, goldenObservation } from '../../../src/runtime/golden.ts'
import { ChildWorker } from '../../evaluation/childWorker.ts'
import { openWarmPolicy } from '../../policy/openModel.ts'
import { type Contender, obstacleToFusing, timeInterleaved, type TimedQuery } from '../interleaved.ts'
import { latenciesOf, ratioOfMedians } from '../report.ts'
import type { MemoryAnswer, MemoryRequest } from './memoryWorker.ts'
import type { EngineGrowth, GrowthEngine, ModelGrowth } from './result.ts'
import { syntheticEpisode } from './syntheticEpisode.ts'

export interface MeasureOptions {
  /** SpecPrune with a fixed share. */
  method: Method
  rounds: number
  threads: number
  seed: number
  memory: boolean
}

const DENSE: Method = { id: 'dense', values: {} }

/** Queries of the synthetic recording; walks begin again at its end. */
const EPISODE_QUERIES = 8

/**
 * Times dense, keep-all and SpecPrune (layered, and fused where it can be) on one model, in turns, and asks a process of its own
 * for the memory of each.
 * @throws if the model's outputs differ from its golden vectors
 */
export async function measureModel(folder: string, directory: string, options: MeasureOptions): Promise<ModelGrowth> {
  const { method, rounds, threads, seed } = options
  const policy = await openWarmPolicy(directory, threads)
  const { manifest, golden } = policy.files
  try {
    const check = await checkGolden(policy.engines, manifest, golden)
    if (check.status !== 'passed') throw new Error(`${folder}: the chunk is off by ${check.chunkError} from PyTorch's.`)
    const episode = syntheticEpisode(
      goldenObservation(manifest, golden.cases[0]),
      EPISODE_QUERIES * manifest.action.chunk,
      seed,
    )
    const engines: GrowthEngine[] = ['dense', 'keep-all', 'pruned']
    if (obstacleToFusing(policy, method, episode) === undefined) engines.push('fused')
    const contenders = engines.map((engine): Contender => {
      const prunes = engine === 'pruned' || engine === 'fused'
      return { id: engine, policy, engine, method: prunes ? method : DENSE }
    })
    const executeSteps = manifest.action.chunk
    const samples = await timeInterleaved({ contenders, episode, executeSteps, rounds, seed })
    const rows = engines.map((engine) => rowOf(engine, samples))
    for (const row of options.memory ? rows : []) await addMemory(row, directory, options)
    const { layers, width, parameters } = manifest.model
    return { folder, visualTokens: visualTokenCount(manifest.layout), layers, width, parameters, engines: rows }
  } finally {
    await policy.dispose()
  }
}

function rowOf(engine: GrowthEngine, samples: readonly TimedQuery[]): EngineGrowth {
  const own = samples.filter(({ contender }) => contender === engine)
  const samplesMs = latenciesOf(samples, engine)
  return {
    engine,
    p50Ms: quantile(samplesMs, 0.5),
    p95Ms: quantile(samplesMs, 0.95),
    samplesMs,
    macs: mean(own.map(({ macs }) => macs)),
    budget: mean(own.map(({ budget }) => budget)),
    speedUp: ratioOfMedians(latenciesOf(samples, 'dense'), samplesMs),
  }
}

async function addMemory(row: EngineGrowth, directory: string, { method, threads }: MeasureOptions): Promise<void> {
  if (row.engine === 'fused') return
  const script = fileURLToPath(new URL('./memoryWorker.ts', import.meta.url))
  const child = new ChildWorker<MemoryRequest, MemoryAnswer>(script)
  const answer = await child.ask({ directory, engine: row.engine, method: formatMethod(method), threads })
  if ('error' in answer) throw new Error(`Memory of ${row.engine}: ${answer.error}`)
  row.memoryBytes = answer.memoryBytes
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length
}
