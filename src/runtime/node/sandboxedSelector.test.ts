import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { queryInput, runQuery } from '../../core/pruning/testing.ts'
import { createLayout } from '../../core/tokens/layout.ts'
import { openSandboxedSelector, type SandboxedSelector } from './sandboxedSelector.ts'

const directory = mkdtempSync(join(tmpdir(), 'specprune-selector-'))
afterAll(() => rmSync(directory, { recursive: true, force: true }))

const layout = createLayout({
  views: [
    { view: 'front', rows: 6, columns: 6 },
    { view: 'wrist', rows: 4, columns: 4 },
  ],
  words: 4,
  queries: 8,
})
const context = { layout, layers: 4, seed: 0 }

async function withSelector<T>(code: string, task: (selector: SandboxedSelector) => T, limitMs = 10_000): Promise<T> {
  const path = join(directory, 'own.js')
  writeFileSync(path, code)
  const selector = await openSandboxedSelector(path, { limitMs })
  try {
    return task(selector)
  } finally {
    await selector.close()
  }
}

function keptBy(selector: SandboxedSelector): number[] {
  const { survivors } = runQuery(selector.start(context), layout, 4, queryInput(layout, 0))
  return [...survivors]
}

describe('a selector from a file', () => {
  it('decides after its layer, from ids, scores and views', async () => {
    const code = `
      const settings = { removeAfter: 1, scoreRows: 'action' }
      function select({ ids, scores, views, layer, query }) {
        const best = Math.max(...scores)
        return [views[1].start, layer, query, ids[scores.indexOf(best)]]
      }`
    await withSelector(code, (selector) => {
      const session = selector.start(context)
      expect(session.plan).toEqual({ textLayers: [], actionLayers: [1], decisionLayers: [1] })
      const { survivors } = runQuery(session, layout, 4, queryInput(layout, 0), (layer) =>
        Float32Array.from({ length: 52 }, (_, id) => (id === 20 + layer ? 1 : 0)),
      )
      expect([...survivors]).toEqual([0, 1, 21, 36])
    })
  })

  it('is the example of the documents', async () => {
    const selector = await openSandboxedSelector('docs/examples/centre-and-attention.js')
    const kept = keptBy(selector)
    await selector.close()
    for (const id of [14, 15, 20, 21, 41, 42, 45, 46]) expect(kept).toContain(id)
    expect(kept.length).toBeGreaterThanOrEqual(9 + 4)
    expect(kept.length).toBeLessThanOrEqual(9 + 4 + 8)
  })

  it('sees neither the process nor the network, and cannot make code from text', async () => {
    const names = ['process', 'require', 'fetch', 'setTimeout', 'globalThis.process', 'WebSocket']
    const code = `function select() {
      const seen = [${names.map((name) => `typeof ${name}`).join(', ')}].filter((type) => type !== 'undefined')
      let made = 0
      try { made = select.constructor('return 1')() } catch { made = 0 }
      return seen.length + made === 0 ? [7] : [8]
    }`
    expect(await withSelector(code, keptBy)).toEqual([7])
  })

  it('is stopped when it takes too long', async () => {
    const run = withSelector('function select() { for (;;) {} }', keptBy, 100)
    await expect(run).rejects.toThrow('own.js computed for more than 100 ms and was stopped')
  })

  it.each([
    ['function select() { return [] }', 'at least one'],
    ['function select() { return [1.5] }', 'whole number'],
    ['function select() { return [3, 52] }', 'token 52, which is not there; ids run up to 51'],
    ['function select() { throw new Error("no idea") }', 'own.js failed: no idea'],
    ['function select() { return 5 }', 'at least one'],
  ])('is told what is wrong: %s', async (code, message) => {
    await expect(withSelector(code, keptBy)).rejects.toThrow(message)
  })

  it('must define its function, and only settings that there are', async () => {
    await expect(withSelector('const a = 1', keptBy)).rejects.toThrow('no function "select"')
    const settings = 'const settings = { layer: 3 }; function select() { return [1] }'
    await expect(withSelector(settings, keptBy)).rejects.toThrow('settings of own.js')
    await expect(withSelector('function {', keptBy)).rejects.toThrow('own.js failed')
    await expect(openSandboxedSelector(join(directory, 'none.js'))).rejects.toThrow('cannot be read')
  })
})
