import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import type { SelectorSession } from '../../src/core/pruning/contract.ts'
import { type Method, startMethod } from '../../src/core/pruning/registry.ts'
import { encodeFloats } from '../../src/core/schema/base64.ts'
import type { QueryRecord, RunRecord } from '../../src/core/schema/runRecord.ts'
import { RUN_RECORD_VERSION } from '../../src/core/schema/runRecord.ts'
import { visualTokenCount } from '../../src/core/tokens/layout.ts'
import type { RecordedEpisode } from '../../src/data/episodeSource.ts'
import { writeRunFile } from '../../src/data/results/runFile.ts'
import type { DenseFrameCache } from '../../src/runtime/denseFrame.ts'
import type { NodePolicy } from '../../src/runtime/node/nodePolicy.ts'
import { openSandboxedSelector } from '../../src/runtime/node/sandboxedSelector.ts'
import { policyContext, suiteOfEpisode } from '../../src/runtime/policyContext.ts'
import type { DenseFrame } from '../../src/runtime/protocol.ts'
import { attachDense } from '../../src/runtime/queryRecord.ts'
import { DENSE_METHOD, runReplay } from '../../src/runtime/replay.ts'
import type { CommandIo } from '../cli/io.ts'
import { appVersion } from '../cli/project.ts'
import { openRecordedEpisode } from '../policy/openEpisode.ts'
import { openWarmPolicy } from '../policy/openModel.ts'
import { describeMethod } from './evaluate.ts'

/** A checked call of `replay`. */
export interface ReplayCall {
  datasetDirectory: string
  episode: number
  modelDirectory: string
  threads: number
  method: Method
  executeSteps: number
  /** Seed of the method's own randomness. */
  methodSeed: number
  /** Keep score maps: of all layers for dense, of the layers that the method read for the others. */
  scores: boolean
  /** Script with a selector of one's own, which takes the method's place. */
  selector?: string
  /** File for the run record. */
  out?: string
  json: boolean
}

/** Replays a recorded episode open loop and prints the run record. */
export async function replay(call: ReplayCall, io: CommandIo): Promise<void> {
  const episode = await openRecordedEpisode(call.datasetDirectory, call.episode)
  io.error(`Episode ${episode.key}: ${episode.frames} frames, "${episode.instruction}".\n`)
  const own = call.selector === undefined ? undefined : await openSandboxedSelector(call.selector)
  const policy = await openWarmPolicy(call.modelDirectory, call.threads)
  try {
    const context = policyContext(policy.files, {
      seed: call.methodSeed,
      suite: suiteOfEpisode(policy.files, episode.key),
    })
    const session = own?.start(context) ?? startMethod(call.method, context)
    const run = await replayEpisode(call, episode, policy, session, io)
    const text = writeRunFile(run)
    if (call.out !== undefined) {
      mkdirSync(dirname(call.out), { recursive: true })
      writeFileSync(call.out, text)
      io.error(`Wrote ${call.out}: ${(text.length / 1e6).toFixed(2)} MB.\n`)
    }
    io.output(call.json ? text : describeRun(run))
  } finally {
    await policy.dispose()
    await own?.close()
  }
}

async function replayEpisode(
  call: ReplayCall,
  episode: RecordedEpisode,
  policy: NodePolicy,
  session: SelectorSession,
  io: CommandIo,
): Promise<RunRecord> {
  const { manifest } = policy.files
  const visualTokens = visualTokenCount(manifest.layout)
  const queries: QueryRecord[] = []
  const denseFrames: DenseFrameCache = new Map()
  await runReplay({
    engines: () => policy.engines,
    episode,
    session,
    methodId: call.method.id,
    executeSteps: call.executeSteps,
    visualTokens,
    denseFrames,
    onEvent: (event) => {
      if (event.type !== 'query') return
      queries.push(event.record)
      io.error(`query ${event.record.index} at frame ${event.record.step}\n`)
    },
  })
  return {
    version: RUN_RECORD_VERSION,
    kind: 'open-loop',
    createdAt: new Date().toISOString(),
    app: appVersion(),
    model: {
      id: manifest.id,
      weightsSha256: manifest.weights.sha256,
      layers: manifest.model.layers,
      width: manifest.model.width,
      feedForward: manifest.model.feedForward,
      visualTokens,
      fixedTokens: manifest.layout.length - visualTokens,
    },
    episode: { dataset: episode.key.replace(/\/\d+$/, ''), index: episode.index, frames: episode.frames },
    instruction: episode.instruction,
    device: policy.device,
    method:
      call.selector === undefined ? describeMethod(call.method) : { id: 'custom', parameters: call.method.values },
    executeSteps: call.executeSteps,
    seed: call.methodSeed,
    queries: attachDense(queries, denseFrames).map((query) => withScores(call, query, denseFrames, visualTokens)),
  }
}

function withScores(
  { scores, method }: ReplayCall,
  query: QueryRecord,
  denseFrames: DenseFrameCache,
  visualTokens: number,
): QueryRecord {
  const { scores: readByMethod, ...rest } = query
  if (!scores) return rest
  const dense = denseFrames.get(query.step)
  if (method.id === DENSE_METHOD && dense) return { ...rest, scores: allScores(dense, visualTokens) }
  return readByMethod ? { ...rest, scores: readByMethod } : rest
}

function allScores({ textScores, actionScores }: DenseFrame, visualTokens: number): QueryRecord['scores'] {
  const layers = textScores.length / visualTokens
  return Array.from({ length: layers }, (_, i) => {
    const slice = (values: Float32Array) => encodeFloats(values.slice(i * visualTokens, (i + 1) * visualTokens))
    return [
      { layer: i + 1, rows: 'text' as const, values: slice(textScores) },
      { layer: i + 1, rows: 'action' as const, values: slice(actionScores) },
    ]
  }).flat()
}

function describeRun({ queries, method, episode, model }: RunRecord): string {
  const lines = queries.map(({ step, tokensPerLayer, latencyMs, denseLatencyMs, notes, replan, repeated }) => {
    const times = `${latencyMs.toFixed(1)} ms (dense ${denseLatencyMs?.toFixed(1) ?? '?'} ms)`
    const mode = notes.mode === undefined ? '' : `, ${notes.mode}`
    return `  frame ${step}: ${repeated ? 'repeated, no layers' : `tokens ${tokensPerLayer.join(' ')}`}, ${times}${mode}${replan ? ', replan' : ''}\n`
  })
  return `${method.id} on ${episode?.dataset ?? '?'} episode ${episode?.index ?? '?'} with ${model.id}\n${lines.join('')}`
}
