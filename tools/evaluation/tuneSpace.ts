import { describeParameters, type ParameterValue, parseParameterText } from '../../src/core/pruning/parameters.ts'
import { createRandom, deriveSeed, randomInteger } from '../../src/core/random.ts'
import { specpruneParameters } from '../../src/core/pruning/specpruneParameters.ts'

/** Values of SpecPrune's parameters that differ from paper-v3. */
export type Candidate = Readonly<Record<string, ParameterValue>>

/** Values that the random search draws from; the sets' sizes are per view of 256 tokens. */
const SPACE = {
  removal: [
    { staticLayer: 1, localLayers: [1] },
    { staticLayer: 2, localLayers: [1, 2] },
    { staticLayer: 2, localLayers: [2] },
    { staticLayer: 3, localLayers: [2, 3] },
    { staticLayer: 4, localLayers: [3, 4] },
  ],
  globalLayers: [[15, 32], [32], [15], [10], [10, 20], [15, 25], [20, 32]],
  stageLayers: [[], [5, 10, 15, 20], [10, 20], [8, 16, 24]],
  globalTokens: [0, 10, 20, 30, 45, 60],
  localTokens: [8, 16, 24, 36, 48],
  fineFactor: [1, 5 / 3],
  dynamicTokens: [0, 8, 14, 20, 30, 45],
  similarityThreshold: [0.97, 0.986, 0.995],
  dropShare: [0.1, 0.2, 0.3],
  scoreRows: ['text', 'action'],
} as const

/**
 * Candidates of a random search: the same numbers give the same list. Sizes of 0 switch the set off, no stages the layer level.
 * @param fixed values that every candidate has
 */
export function drawCandidates(count: number, seed: number, fixed: Candidate): Candidate[] {
  const found = new Map<string, Candidate>()
  // A space has an end: repeated draws of known candidates must not go on for ever.
  for (let draw = 0; found.size < count && draw < 50 * count; draw++) {
    const candidate = { ...drawCandidate(deriveSeed(seed, `candidate/${draw}`)), ...fixed }
    const key = JSON.stringify(Object.entries(candidate).sort())
    if (!found.has(key)) found.set(key, candidate)
  }
  return [...found.values()]
}

function drawCandidate(seed: number): Candidate {
  const random = createRandom(seed)
  const pick = <T>(values: readonly T[]): T => values[randomInteger(random, values.length)]
  const globalTokens = pick(SPACE.globalTokens)
  const dynamicTokens = pick(SPACE.dynamicTokens)
  const localTokens = pick(SPACE.localTokens)
  const stageLayers = pick(SPACE.stageLayers)
  const { staticLayer, localLayers } = pick(SPACE.removal)
  return {
    staticLayer,
    localLayers: [...localLayers],
    scoreRows: pick(SPACE.scoreRows),
    localTokens,
    localTokensFine: Math.round(localTokens * pick(SPACE.fineFactor)),
    ...(globalTokens > 0 ? { globalTokens, globalLayers: [...pick(SPACE.globalLayers)] } : { global: false }),
    ...(dynamicTokens > 0
      ? { dynamicTokens, similarityThreshold: pick(SPACE.similarityThreshold) }
      : { dynamic: false }),
    ...(stageLayers.length > 0
      ? { stageLayers: [...stageLayers], dropShare: pick(SPACE.dropShare) }
      : { layerLevel: false }),
  }
}

/** A parameter with the values that a grid search tries. */
export interface Axis {
  name: string
  values: readonly ParameterValue[]
}

/**
 * Reads `name=value|value|...`, for example `localTokens=16|24|36` or `globalLayers=15,32|32`.
 * @throws if SpecPrune has no such parameter or a value cannot be read
 */
export function parseAxis(text: string): Axis {
  const separator = text.indexOf('=')
  const name = text.slice(0, Math.max(0, separator))
  const all = describeParameters(specpruneParameters)
  const description = all.find((entry) => entry.name === name)
  if (!description) {
    const known = all.map((entry) => entry.name).join(', ')
    throw new Error(`--vary: expected name=value|value, got "${text}". Known parameters: ${known}.`)
  }
  const values = text.slice(separator + 1).split('|')
  return { name, values: values.map((value) => parseParameterText(description, value)) }
}

/** All combinations of the axes' values; the last axis changes fastest. */
export function gridCandidates(axes: readonly Axis[], fixed: Candidate): Candidate[] {
  return axes.reduce<Candidate[]>(
    (rows, { name, values }) => rows.flatMap((row) => values.map((value) => ({ ...row, [name]: value }))),
    [fixed],
  )
}
