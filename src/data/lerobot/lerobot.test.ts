import { beforeAll, describe, expect, it } from 'vitest'
import { httpFiles, memoryFiles } from '../datasetFiles.ts'
import { EpisodeError, type EpisodeErrorCode } from '../episodeSource.ts'
import { tinyDataset, tinyEpisode, tinyWriter, TINY_SIZE } from '../testing/tinyDataset.ts'
import { type Column, encodeParquet } from './arrowTable.ts'
import { LeRobotSource } from './reader.ts'

const RED = 'put the red cube in the tray'
const BLUE = 'put the blue brick in the tray'
const DATA_1 = 'data/chunk-000/file-001.parquet'

const episodes = [tinyEpisode(1, 4, RED), tinyEpisode(2, 3, BLUE), tinyEpisode(3, 2, RED)]
let files: Map<string, Uint8Array>

beforeAll(() => {
  files = tinyDataset(episodes)
})

function changed(path: string, bytes: Uint8Array | undefined): LeRobotSource {
  const copy = new Map(files)
  if (bytes === undefined) copy.delete(path)
  else copy.set(path, bytes)
  return new LeRobotSource(memoryFiles('tiny', copy))
}

interface InfoJson {
  codebase_version: string
  data_path: string
  features: Record<string, { dtype: string; shape: number[] }>
}

interface StatsJson {
  action: { max: number[]; mean: number[] }
  'observation.images.front': { max: number[][][]; count: number[] }
}

function jsonFile(path: string): unknown {
  return JSON.parse(new TextDecoder().decode(files.get(path)))
}

function changedInfo(change: (info: InfoJson) => void): LeRobotSource {
  const info = jsonFile('meta/info.json') as InfoJson
  change(info)
  return changed('meta/info.json', new TextEncoder().encode(JSON.stringify(info)))
}

async function expectError(action: Promise<unknown>, code: EpisodeErrorCode, file: string, message: RegExp) {
  const error = await action.then(
    () => undefined,
    (reason: unknown) => reason,
  )
  expect(error).toBeInstanceOf(EpisodeError)
  const { code: found, file: foundFile, message: text } = error as EpisodeError
  expect({ found, foundFile }).toEqual({ found: code, foundFile: file })
  expect(text).toMatch(message)
  expect(text.startsWith(file)).toBe(true)
}

async function readSecond(source: LeRobotSource) {
  await source.open()
  return source.readEpisode(1)
}

describe('a dataset written and read again', () => {
  it('lists its episodes with their instructions', async () => {
    const source = new LeRobotSource(memoryFiles('tiny', files))
    const description = await source.open()
    expect(description).toMatchObject({ format: 'LeRobot v3.0', episodes: 3, frames: 9, fps: 20, imageSize: TINY_SIZE })
    expect(description.proprioNames).toEqual(['x', 'y', 'z'])
    expect(await source.listEpisodes()).toEqual([
      { index: 0, frames: 4, instructions: [RED] },
      { index: 1, frames: 3, instructions: [BLUE] },
      { index: 2, frames: 2, instructions: [RED] },
    ])
  })

  it('asks for all files of its description at once: none waits for the answer of another', async () => {
    const memory = memoryFiles('tiny', files)
    const asked: string[] = []
    let answer = () => {}
    const open = new Promise<void>((resolve) => (answer = resolve))
    const source = new LeRobotSource({
      name: 'tiny',
      async read(path) {
        asked.push(path)
        await open
        return memory.read(path)
      },
    })
    const opened = source.open()
    expect(asked.sort()).toEqual(['meta/episodes/chunk-000/file-000.parquet', 'meta/info.json', 'meta/tasks.parquet'])
    answer()
    expect((await opened).episodes).toBe(3)
    expect(asked).toHaveLength(3)
  })

  it('returns every number and pixel unchanged', async () => {
    const source = new LeRobotSource(memoryFiles('tiny', files))
    await source.open()
    for (const [index, frames] of episodes.entries()) {
      const episode = await source.readEpisode(index)
      const frameBytes = TINY_SIZE * TINY_SIZE * 3
      expect(episode.key).toBe(`tiny/${index}`)
      expect(episode.instruction).toBe(frames[0].observation.instruction)
      frames.forEach((frame, i) => {
        for (const view of ['front', 'wrist'] as const) {
          const pixels = episode.pixels[view].subarray(i * frameBytes, (i + 1) * frameBytes)
          expect(pixels).toEqual(frame.observation.images[view].data)
          expect(episode.relevance?.[view].subarray(i * 4, i * 4 + 4)).toEqual(frame.relevance[view])
        }
        expect(episode.proprio.subarray(i * 3, i * 3 + 3)).toEqual(frame.observation.proprio)
        expect(episode.actions.subarray(i * 7, i * 7 + 7)).toEqual(frame.action)
        expect(episode.states?.values.subarray(i * 5, i * 5 + 5)).toEqual(frame.state)
        expect(episode.phases?.[i]).toBe(frame.phase)
        expect(episode.success?.[i]).toBe(Number(frame.success))
      })
    }
  })

  it('gives the same bytes each time', () => {
    expect(tinyDataset(episodes)).toEqual(files)
  })

  it('reads data files that hold several episodes, as LeRobot itself writes them', async () => {
    const all = tinyWriter().addEpisode(episodes.flat())
    const info = jsonFile('meta/info.json') as InfoJson
    info.data_path = 'data/all.parquet'
    const copy = new Map(files)
    copy.set('meta/info.json', new TextEncoder().encode(JSON.stringify(info)))
    copy.set('data/all.parquet', all.bytes)
    const source = new LeRobotSource(memoryFiles('tiny', copy))
    await source.open()
    const first = await source.readEpisode(0)
    expect(first.frames).toBe(4)
    expect(first.actions.subarray(0, 7)).toEqual(episodes[0][0].action)
    // The joined file claims episode 0 throughout, so the rows of episode 1 are noticed as not its own.
    await expectError(source.readEpisode(1), 'corrupt', 'data/all.parquet', /holds episode 0/)
  })

  it('stores statistics of pixels in [0, 1] and of vectors', () => {
    const stats = jsonFile('meta/stats.json') as StatsJson
    const values = episodes.flat().map((frame) => frame.action[0])
    expect(stats.action.max[0]).toBe(Math.max(...values))
    expect(stats.action.mean[0]).toBeCloseTo(values.reduce((sum, value) => sum + value, 0) / values.length, 12)
    expect(stats['observation.images.front'].max).toEqual([[[1]], [[1]], [[1]]])
    expect(stats['observation.images.front'].count).toEqual([9])
  })
})

describe('a dataset that cannot be read', () => {
  it.each(['v2.1', 'v2.0'])('refuses format %s and says how to convert it', async (version) => {
    const source = changedInfo((info) => Object.assign(info, { codebase_version: version }))
    await expectError(source.open(), 'unsupported-version', 'meta/info.json', new RegExp(`${version}.*Convert`))
  })

  it('refuses a version that it does not know, and other storage', async () => {
    const newer = changedInfo((info) => Object.assign(info, { codebase_version: 'v4.0' }))
    await expectError(newer.open(), 'unsupported-version', 'meta/info.json', /v4\.0/)
    const lance = changedInfo((info) => Object.assign(info, { storage_format: 'lance' }))
    await expectError(lance.open(), 'unsupported-version', 'meta/info.json', /lance/)
  })

  it('refuses video columns', async () => {
    const source = changedInfo((info) => Object.assign(info.features['observation.images.front'], { dtype: 'video' }))
    await expectError(source.open(), 'unsupported-feature', 'meta/info.json', /stored as video/)
  })

  it('names a column that the description lacks', async () => {
    const source = changedInfo((info) => delete info.features['observation.images.wrist'])
    await expectError(source.open(), 'missing-column', 'meta/info.json', /observation\.images\.wrist.*Its columns/)
  })

  it('names a column that the data file lacks', async () => {
    const column: Column = { kind: 'numbers', name: 'action', type: 'float32', values: [1, 2, 3], shape: [] }
    const source = changed(DATA_1, encodeParquet([column], 3))
    await expectError(readSecond(source), 'missing-column', DATA_1, /no column "observation/)
  })

  it('refuses actions of another length', async () => {
    const source = changedInfo((info) => Object.assign(info.features.action, { shape: [6] }))
    await expectError(source.open(), 'wrong-shape', 'meta/info.json', /action.*\[6\].*\[7\]/)
  })

  it('refuses vectors and images that differ from their description', async () => {
    const state = changedInfo((info) => Object.assign(info.features['observation.state'], { shape: [4] }))
    await expectError(readSecond(state), 'wrong-shape', DATA_1, /expected 4 numbers, found 3/)
    const image = changedInfo((info) => {
      for (const view of ['front', 'wrist']) {
        Object.assign(info.features[`observation.images.${view}`], { shape: [32, 32, 3] })
      }
    })
    await expectError(readSecond(image), 'wrong-shape', DATA_1, /16x16.*32x32/)
  })

  it('reports files that are cut off, missing, or not parquet', async () => {
    const whole = files.get(DATA_1) ?? new Uint8Array()
    await expectError(readSecond(changed(DATA_1, whole.slice(0, 500))), 'corrupt', DATA_1, /500 bytes.*again/)
    await expectError(readSecond(changed(DATA_1, new Uint8Array())), 'corrupt', DATA_1, /again/)
    await expectError(readSecond(changed(DATA_1, undefined)), 'not-found', DATA_1, /missing/)
    await expectError(
      changed('meta/info.json', new TextEncoder().encode('<html>')).open(),
      'corrupt',
      'meta/info.json',
      /not JSON/,
    )
  })

  it('reports an image whose bytes were damaged', async () => {
    const damaged = (files.get(DATA_1) ?? new Uint8Array()).slice()
    // Within the first image's pixels: past the parquet page header and the PNG header.
    for (let i = 200; i < 240; i++) damaged[i] ^= 0xff
    await expectError(readSecond(changed(DATA_1, damaged)), 'corrupt', DATA_1, /frame 0|decoded/)
  })

  it('refuses paths that lead out of the dataset', async () => {
    const source = changedInfo((info) => Object.assign(info, { data_path: '../{chunk_index}/{file_index}.parquet' }))
    await source.open()
    const files2 = httpFiles('tiny', 'https://example.org/data', () => Promise.reject(new Error('fetched')))
    await expect(files2.read('../0/1.parquet')).rejects.toThrow(/leads out/)
    await expectError(source.readEpisode(1), 'not-found', '../0/1.parquet', /missing/)
  })

  it('says which episodes there are', async () => {
    const source = new LeRobotSource(memoryFiles('tiny', files))
    await source.open()
    await expectError(source.readEpisode(9), 'not-found', 'meta/info.json', /no episode 9; it has 3/)
  })
})

describe('files over HTTP', () => {
  it('reports server answers and broken connections', async () => {
    const answering = (status: number) => httpFiles('x', 'https://h', async () => new Response('', { status }))
    await expectError(answering(404).read('a.json'), 'not-found', 'a.json', /missing/)
    await expectError(answering(503).read('a.json'), 'network', 'a.json', /503/)
    const broken = httpFiles('x', 'https://h', () => Promise.reject(new TypeError('failed')))
    await expectError(broken.read('a.json'), 'network', 'a.json', /connection/)
  })

  it('stops when aborted', async () => {
    const source = new LeRobotSource(memoryFiles('tiny', files))
    await source.open()
    const controller = new AbortController()
    const reading = source.readEpisode(0, controller.signal)
    controller.abort()
    await expect(reading).rejects.toThrow(/abort/i)
  })
})
