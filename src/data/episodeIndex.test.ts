import { describe, expect, it } from 'vitest'
import { datasetIdentityText, type EpisodeIndex, parseEpisodeIndex } from './episodeIndex.ts'

const HASH = 'b'.repeat(64)

const index: EpisodeIndex = {
  version: 1,
  dataset: 'object',
  title: 'Object',
  suite: 'object',
  format: 'LeRobot v3.0',
  fps: 20,
  imageSize: 128,
  sha256: HASH,
  phases: ['raise'],
  relevanceBits: ['target'],
  files: [{ path: 'meta/info.json', bytes: 10, sha256: HASH }],
  episodes: [
    {
      index: 0,
      title: 'Red cube',
      instruction: 'put the red cube in the tray',
      seed: 3,
      frames: 80,
      success: true,
      notes: [],
      file: { path: 'data/chunk-000/file-000.parquet', bytes: 10, sha256: HASH },
      thumbnail: 'thumbnails/episode-000.png',
    },
  ],
}

describe('episode index', () => {
  it('is read as it was written', () => {
    expect(parseEpisodeIndex(JSON.parse(JSON.stringify(index)))).toEqual(index)
  })

  it('names the field that is wrong, and a newer version', () => {
    expect(() => parseEpisodeIndex({ ...index, fps: 0 })).toThrow(/fps/)
    expect(() => parseEpisodeIndex({ ...index, version: 2 })).toThrow(/version 2.*Reload/)
    const outside = { ...index, files: [{ ...index.files[0], path: '../secret' }] }
    expect(() => parseEpisodeIndex(outside)).toThrow(/files\.0\.path/)
  })

  it('identifies a dataset whatever the order of its files', () => {
    const a = { path: 'a', sha256: '1' }
    const b = { path: 'b', sha256: '2' }
    expect(datasetIdentityText([b, a])).toBe(datasetIdentityText([a, b]))
    expect(datasetIdentityText([a, b])).toBe('1 a\n2 b\n')
  })
})
