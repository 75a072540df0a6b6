import { updateAverage, rankWeights, layerConfidence } from '../../src/core/pruning/layerScores.ts'
import { patchCosine } from '../../src/core/pruning/patchSimilarity.ts'
import { resolveParameters } from '../../src/core/pruning/registry.ts'
import { tokenRange } from '../../src/core/pruning/sets.ts'
import { specprune } from '../../src/core/pruning/specprune.ts'
import { noiseScores } from '../../src/core/pruning/testing.ts'
import { topK } from '../../src/core/pruning/topk.ts'
import { createRandom, randomInteger } from '../../src/core/random.ts'
import { quantile } from '../../src/core/statistics/quantile.ts'
import type { Observation } from '../../src/core/schema/observation.ts'
import type { TokenLayout } from '../../src/core/tokens/layout.ts'

/** Times the parts of SpecPrune's selector and a whole query of it on 512 tokens: `npx tsx tools/bench/selectorTimes.ts`. */

const RUNS = 400
const WARM_UP_RUNS = 100
const LAYERS = 10
const SIZE = 128
const LAYOUT: TokenLayout = {
  length: 528,
  segments: [
    { kind: 'visual', view: 'front', start: 0, rows: 16, columns: 16 },
    { kind: 'visual', view: 'wrist', start: 256, rows: 16, columns: 16 },
    { kind: 'proprio', start: 512, count: 1 },
    { kind: 'text', start: 513, count: 7 },
    { kind: 'action', start: 520, count: 8 },
  ],
}

function time(name: string, run: (index: number) => void): void {
  const times: number[] = []
  for (let i = 0; i < WARM_UP_RUNS + RUNS; i++) {
    const start = performance.now()
    run(i)
    if (i >= WARM_UP_RUNS) times.push(performance.now() - start)
  }
  const [p50, p95] = [0.5, 0.95].map((share) => (1000 * quantile(times, share)).toFixed(0).padStart(6))
  console.log(`${name.padEnd(44)} p50 ${p50} us   p95 ${p95} us`)
}

const random = createRandom(1)
const noise = () => Uint8Array.from({ length: SIZE * SIZE * 3 }, () => randomInteger(random, 256))
const frames = Array.from({ length: 8 }, () => ({ front: image(), wrist: image() }))
function image() {
  return { width: SIZE, height: SIZE, data: noise() }
}
const ids = tokenRange(0, 512)
const scores = Array.from({ length: 16 }, (_, i) => noiseScores(512, i))
const scoresOf = (index: number) => scores[index % scores.length]

time('patch cosine, two views', (i) => {
  patchCosine(frames[i % 8].front, frames[(i + 1) % 8].front, 16, 16)
  patchCosine(frames[i % 8].wrist, frames[(i + 1) % 8].wrist, 16, 16)
})
time('top-k of 512', (i) => topK(scoresOf(i), ids, 60))
time('one layer of the moving average', (i) => {
  const weights = rankWeights(scoresOf(i), ids, 1)
  const confidence = layerConfidence(scoresOf(i), 'entropy')
  updateAverage(
    new Float64Array(512),
    ids,
    weights.map((weight) => weight * confidence),
    0.2,
  )
})

const session = specprune.start(resolveParameters(specprune), { layout: LAYOUT, layers: LAYERS, seed: 0 })
const action = new Float32Array(7)
let step = 0
time(`whole query, ${LAYERS} layers, both levels`, () => {
  const observation: Observation = {
    images: frames[step % 8],
    proprio: new Float32Array(11),
    instruction: 'put it there',
  }
  session.beforeQuery({
    step: 8 * step,
    observation,
    imagesAt: (back) => frames[(step + back) % 8],
    executedActions: Array.from({ length: 8 }, () => action),
  })
  let survivors = ids
  for (let layer = 0; layer <= LAYERS; layer++) {
    const read = session.plan.textLayers.includes(layer)
    const text = read && { text: scoresOf(layer + step).subarray(0, survivors.length) }
    survivors = session.afterLayer({ layer, ids: survivors, ...text })?.keep ?? survivors
  }
  session.afterQuery({ chunk: new Float32Array(56), survivors })
  for (let i = 0; i < 8; i++) session.afterStep({ action, remaining: 7 - i })
  step++
})
