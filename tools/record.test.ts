import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { RunRecord } from '../src/core/schema/runRecord.ts'
import { parseEpisodeIndex } from '../src/data/episodeIndex.ts'
import type { RecordedEpisode } from '../src/data/episodeSource.ts'
import { LeRobotSource } from '../src/data/lerobot/reader.ts'
import { directoryFiles } from '../src/data/node/directoryFiles.ts'
import { decodePng } from '../src/data/png.ts'
import { readRunFile } from '../src/data/results/runFile.ts'
import { createEnvironment } from '../src/simulation/environment.ts'
import { createTask } from '../src/simulation/tasks.ts'
import { replaceRecording, sha256, storeFile } from './recording/outputDirectory.ts'
import { runTool, type ToolRun } from './testing/runTool.ts'

const PATIENCE_MS = 300_000

const SEED = 0

const directory = mkdtempSync(join(tmpdir(), 'specprune-'))
const dataset = join(directory, 'object')
let recording: ToolRun
let episode: RecordedEpisode

beforeAll(async () => {
  recording = await runTool('record', '--suite', 'object', '--seeds', String(SEED), '--out', dataset, '--json')
  const source = new LeRobotSource(directoryFiles(dataset))
  await source.open()
  episode = await source.readEpisode(0)
}, PATIENCE_MS)

afterAll(() => rmSync(directory, { recursive: true }))

describe('record', () => {
  it('writes a dataset whose index lists every file with its hash', () => {
    expect(recording.status).toBe(0)
    const index = parseEpisodeIndex(JSON.parse(readFileSync(join(dataset, 'index.json'), 'utf8')))
    expect(JSON.parse(recording.output)).toMatchObject({ dataset: 'object', episodes: 1, sha256: index.sha256 })
    for (const { path, bytes, sha256: hash } of [...index.files, index.episodes[0].file]) {
      const content = readFileSync(join(dataset, path))
      expect({ path, bytes: content.length, hash: sha256(content) }).toEqual({ path, bytes, hash })
    }
    const thumbnail = decodePng(readFileSync(join(dataset, index.episodes[0].thumbnail)))
    expect(thumbnail.data).toEqual(episode.pixels.front.subarray(0, thumbnail.data.length))
  })

  it('leaves the earlier recording alone when a new one fails', async () => {
    const before = readdirSync(dataset)
    await expect(
      replaceRecording(dataset, (partial) => {
        storeFile(partial, { path: 'data/half.parquet', bytes: Uint8Array.of(1) })
        throw new Error('half way')
      }),
    ).rejects.toThrow('half way')
    expect(readdirSync(dataset)).toEqual(before)
    expect(readdirSync(directory)).toEqual(['object'])
  })

  it(
    'lets a policy play, and says that it failed',
    async () => {
      const out = join(directory, 'policy')
      const call = ['record', '--suite', 'object', '--seeds', '2', '--policy', '2', '--model', 'tiny', '--out', out]
      const run = await runTool(...call, '--json')
      expect(run.status).toBe(0)
      expect(JSON.parse(run.output)).toMatchObject({ episodes: 1, unsolvedSeeds: [2] })
      const [listing] = parseEpisodeIndex(JSON.parse(readFileSync(join(out, 'index.json'), 'utf8'))).episodes
      expect(listing).toMatchObject({ success: false, notes: ['played by the policy', 'not solved'] })
    },
    PATIENCE_MS,
  )

  it('records an episode that is solved at its last frame', () => {
    expect(episode.success?.indexOf(1)).toBe(episode.frames - 1)
    expect(episode.instruction).toBe(createTask('object', SEED).instruction)
    expect(episode.relevance?.front.length).toBe(episode.frames * 256)
    // The target is in sight of the front camera at the start.
    expect(episode.relevance?.front.subarray(0, 256).some((bits) => (bits & 1) !== 0)).toBe(true)
  })

  it('stores states from which the simulator shows the recorded pixels', async () => {
    const environment = await createEnvironment()
    environment.reset(createTask('object', SEED))
    const { length = 0, values = new Float64Array() } = episode.states ?? {}
    for (const frame of [0, 20, episode.frames - 1]) {
      environment.setState(values.slice(frame * length, (frame + 1) * length))
      const { data } = environment.observe().images.front
      const recorded = episode.pixels.front.subarray(frame * data.length, (frame + 1) * data.length)
      expect(Buffer.compare(data, recorded)).toBe(0)
    }
    environment.dispose()
  })
})

describe('replay', () => {
  const call = (...parameters: string[]) =>
    runTool('replay', '--episode', '0', '--dataset', dataset, '--model', 'tiny', '--json', ...parameters)

  const timeless = (run: RunRecord) =>
    run.queries.map(({ latencyMs: _, denseLatencyMs: __, stagesMs: ___, ...query }) => query)

  it(
    'gives the same record each time, times apart',
    async () => {
      const first = readRunFile('first', (await call('--method', 'specprune:paper-v3')).output)
      const second = readRunFile('second', (await call('--method', 'specprune:paper-v3')).output)
      expect(timeless(second)).toEqual(timeless(first))
      expect(first).toMatchObject({
        kind: 'open-loop',
        episode: { dataset: 'object', index: 0, frames: episode.frames },
      })
      expect(first.queries.every((query) => query.denseChunk !== undefined && query.scores === undefined)).toBe(true)
      expect(first.queries.at(-1)?.tokensPerLayer.at(-1)).toBeLessThan(512)
    },
    PATIENCE_MS,
  )

  it(
    'writes the record to a file, with the scores of every layer for dense',
    async () => {
      const file = join(directory, 'runs', 'dense.json')
      const { output, status } = await call('--method', 'dense', '--scores', '--out', file)
      expect(status).toBe(0)
      expect(readFileSync(file, 'utf8')).toBe(output)
      const run = readRunFile(file, output)
      expect(run.queries[0].scores).toHaveLength(2 * run.model.layers)
      expect(run.queries[0].denseChunk).toBe(run.queries[0].chunk)
    },
    PATIENCE_MS,
  )

  it('refuses an episode that the recording does not have', async () => {
    const run = await runTool('replay', '--episode', '7', '--dataset', dataset, '--model', 'tiny', '--method', 'dense')
    expect(run).toMatchObject({
      status: 2,
      output: '',
      error: expect.stringMatching(/has episodes 0 to 0, not 7/) as string,
    })
  })

  it('fails with the name of a damaged file', async () => {
    const path = join(dataset, 'data/chunk-000', readdirSync(join(dataset, 'data/chunk-000'))[0])
    rmSync(path)
    const run = await call('--method', 'dense')
    expect(run).toMatchObject({ status: 1, output: '' })
    expect(run.error).toMatch(/^specprune: data\/chunk-000\/file-000\.parquet: .*missing.*\n$/)
  })
})
