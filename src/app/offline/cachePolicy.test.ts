import { describe, expect, it } from 'vitest'
import { cachePolicyOf, isolated, isPage } from './cachePolicy.ts'

const SCOPE = 'https://example.org/play/'

describe('cachePolicyOf', () => {
  it.each([
    ['assets/ort-wasm-simd-threaded-DcHrbrbl.wasm', 'cache-first'],
    ['episodes/index.json', 'network-first'],
    ['episodes/object/data/chunk-000/file-003.parquet', 'network-first'],
    ['runs/object-0-dense.json', 'network-first'],
    ['results/main-paper.json?x=1', 'network-first'],
    ['lessons/lessons.json', 'network-first'],
    ['models/index.json', 'network-first'],
    ['models/object/manifest.json', 'network-first'],
    ['models/object/weights.bin', 'network'],
    ['models/object/layer-01.onnx', 'network'],
    ['models/object/golden.json', 'network'],
    ['serviceWorker.js', 'network'],
  ])('%s: %s', (path, policy) => {
    expect(cachePolicyOf(SCOPE + path, SCOPE)).toBe(policy)
  })

  it('leaves alone what is not below the page', () => {
    expect(cachePolicyOf('https://example.org/runs/index.json', SCOPE)).toBe('network')
    expect(cachePolicyOf('https://elsewhere.org/play/runs/index.json', SCOPE)).toBe('network')
  })
})

describe('isPage', () => {
  it('knows the page whatever is asked of it, and nothing else', () => {
    for (const path of ['', 'index.html', '?model=tiny', '?model=tiny#v=1', '#v=1']) {
      expect(isPage(SCOPE + path, SCOPE)).toBe(true)
    }
    expect(isPage(`${SCOPE}results/main-paper.json`, SCOPE)).toBe(false)
    expect(isPage('https://example.org/', SCOPE)).toBe(false)
  })
})

describe('isolated', () => {
  it('adds the headers that a host could not set, and keeps the others', async () => {
    const response = isolated(new Response('text', { headers: { 'Content-Type': 'text/html' } }))
    expect(response.headers.get('Cross-Origin-Opener-Policy')).toBe('same-origin')
    expect(response.headers.get('Cross-Origin-Embedder-Policy')).toBe('require-corp')
    expect(response.headers.get('Content-Type')).toBe('text/html')
    expect(await response.text()).toBe('text')
  })

  it('hands on an answer that has them', () => {
    const response = isolated(new Response('text'))
    expect(isolated(response)).toBe(response)
  })
})
