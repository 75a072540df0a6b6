import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { type Manifest, manifestSchema } from '../../src/core/schema/manifest.ts'
import { modelIndexSchema } from '../../src/core/schema/modelIndex.ts'
import { goldenObservation } from '../../src/runtime/golden.ts'
import { type NodeBackend, type NodePolicy, openNodePolicy } from '../../src/runtime/node/nodePolicy.ts'
import { oneLine, UsageError } from '../cli/io.ts'
import { ROOT } from '../cli/project.ts'

/** Folder of the models that are served with the page. */
export const MODELS = join(ROOT, 'public/models')

/** Queries before the first one that counts: the first ones allocate. */
const WARM_UP_QUERIES = 3

/** A model's folder and its description. */
export interface FoundModel {
  directory: string
  manifest: Manifest
}

/**
 * Finds a model by its id or by a path to its folder; without either the default of `public/models/index.json`.
 * @throws UsageError when there is none
 */
export function findModel(nameOrPath?: string): FoundModel {
  const name = nameOrPath ?? defaultModel()
  const directory = [join(MODELS, name), name].find((path) => existsSync(join(path, 'manifest.json')))
  if (directory === undefined) {
    throw new UsageError(
      `--model: no model "${name}" in public/models. Models there: ${modelNames().join(', ') || 'none'}.`,
    )
  }
  return { directory, manifest: readManifest(directory) }
}

/** Folder of the same policy with int8 matrices beside the model, if it is there. */
export function int8Directory(model: FoundModel): string | undefined {
  const twin = model.manifest.variants?.int8
  const directory = twin ? join(model.directory, '..', twin) : `${model.directory}-int8`
  return existsSync(join(directory, 'manifest.json')) ? directory : undefined
}

function defaultModel(): string {
  const path = join(MODELS, 'index.json')
  if (!existsSync(path)) {
    const known = modelNames().join(', ') || 'none'
    throw new UsageError(`--model is needed: public/models/index.json names no default. Models there: ${known}.`)
  }
  return modelIndexSchema.parse(JSON.parse(readFileSync(path, 'utf8'))).default
}

function modelNames(): string[] {
  if (!existsSync(MODELS)) return []
  return readdirSync(MODELS).filter((name) => existsSync(join(MODELS, name, 'manifest.json')))
}

function readManifest(directory: string): Manifest {
  const path = join(directory, 'manifest.json')
  try {
    return manifestSchema.parse(JSON.parse(readFileSync(path, 'utf8')))
  } catch (error) {
    throw new UsageError(`--model: ${path} is not a model manifest: ${oneLine(error)}`, { cause: error })
  }
}

/** Checks `--execute` against the model; without it the whole chunk is executed. @throws UsageError */
export function executeStepsFor({ action }: Manifest, requested: number | undefined): number {
  if (requested === undefined) return action.chunk
  if (requested <= action.chunk) return requested
  throw new UsageError(`--execute: the model's chunks have ${action.chunk} actions, ${requested} cannot be executed.`)
}

/** Loads a policy and runs it a few times, so that the first query that counts is not the first. */
export async function openWarmPolicy(
  directory: string,
  threads: number,
  backend: NodeBackend = 'node',
): Promise<NodePolicy> {
  const policy = await openNodePolicy(directory, { threads, backend })
  const { manifest, golden } = policy.files
  const observation = goldenObservation(manifest, golden.cases[0])
  for (let i = 0; i < WARM_UP_QUERIES; i++) {
    await policy.engines.dense.query(observation)
    await policy.engines.layered.query(observation)
  }
  return policy
}
