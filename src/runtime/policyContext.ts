import type { PositionTable, SelectorContext } from '../core/pruning/contract.ts'
import { visualTokenCount } from '../core/tokens/layout.ts'
import { readWeight } from './loader/onnxWeights.ts'
import type { ModelFiles } from './model.ts'

const tables = new WeakMap<ModelFiles, PositionTable | undefined>()

/**
 * What a selector may know about a loaded policy.
 * @param options.suite suite of the task at hand; without it the policy's own, if it has just one
 */
export function policyContext(
  files: ModelFiles,
  { seed, suite }: { seed: number; suite?: string | undefined },
): SelectorContext {
  const { layout, model, suites } = files.manifest
  const known = suite ?? (suites.length === 1 ? suites[0] : undefined)
  const positions = positionTable(files)
  return {
    layout,
    layers: model.layers,
    seed,
    ...(known !== undefined && { suite: known }),
    ...(positions && { positions }),
  }
}

/** The suite that a recording is of, by the name of its dataset (`object/3`), if the policy knows one of that name. */
export function suiteOfEpisode({ manifest }: ModelFiles, episodeKey: string): string | undefined {
  const [dataset] = episodeKey.split('/')
  return manifest.suites.find((suite) => suite === dataset)
}

/**
 * Position vectors of the visual tokens, cameras included, from the weights of the embedding graph: `positions`
 * `[patches, width]` is the same for every view, `cameras` `[views, 1, width]` tells the views apart.
 * @returns undefined if the graph keeps them in another way
 */
export function positionTable(files: ModelFiles): PositionTable | undefined {
  if (!tables.has(files)) tables.set(files, readPositionTable(files))
  return tables.get(files)
}

function readPositionTable({ graphs, weights, manifest }: ModelFiles): PositionTable | undefined {
  const positions = readWeight(graphs.embed, weights, 'positions')
  const cameras = readWeight(graphs.embed, weights, 'cameras')
  const { width } = manifest.model
  const visual = visualTokenCount(manifest.layout)
  if (!positions || !cameras) return undefined
  const patches = positions.values.length / width
  if (patches * (cameras.values.length / width) !== visual) return undefined
  const values = new Float32Array(visual * width)
  for (let id = 0; id < visual; id++) {
    const [camera, patch] = [Math.floor(id / patches), id % patches]
    for (let i = 0; i < width; i++) {
      values[id * width + i] = positions.values[patch * width + i] + cameras.values[camera * width + i]
    }
  }
  return { values, width }
}
