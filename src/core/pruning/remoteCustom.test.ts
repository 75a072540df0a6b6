import { describe, expect, it } from 'vitest'
import type { CustomInput } from './custom.ts'
import { forceTokens } from './forced.ts'
import { createRemoteSession, type RemoteCall } from './remoteCustom.ts'
import type { LayerSignals, QueryInput } from './contract.ts'

const layout = {
  length: 6,
  segments: [
    { kind: 'visual', view: 'front', start: 0, rows: 2, columns: 2 },
    { kind: 'text', start: 4, count: 2 },
  ],
}
const context = { layout, layers: 4, seed: 0 } as unknown as Parameters<typeof createRemoteSession>[2]
const settings = { removeAfter: 2, scoreRows: 'text' } as const
const query = {} as QueryInput
const signals = (layer: number): LayerSignals => ({
  layer,
  ids: Int32Array.of(0, 1, 2, 3),
  text: Float32Array.of(0.1, 0.4, 0.3, 0.2),
})

function start(ask: RemoteCall) {
  const session = createRemoteSession(ask, settings, context)
  session.beginEpisode()
  session.beforeQuery(query)
  return session
}

describe('createRemoteSession', () => {
  it('asks once, at its layer, and keeps what was answered', async () => {
    const inputs: CustomInput[] = []
    const session = start((input) => {
      inputs.push(input)
      return Promise.resolve([2, 1])
    })
    for (const layer of [0, 1]) {
      await session.prepare?.(signals(layer))
      expect(session.afterLayer(signals(layer))).toBeUndefined()
    }
    await session.prepare?.(signals(2))
    expect(session.afterLayer(signals(2))?.keep).toEqual(Int32Array.of(1, 2))
    expect(inputs).toHaveLength(1)
    expect(inputs[0]).toMatchObject({ layer: 2, ids: [0, 1, 2, 3], query: 0 })
  })

  it('goes on from a fork, and under the brush', async () => {
    const session = forceTokens(
      start(() => Promise.resolve([0])),
      { keep: Int32Array.of(3), drop: Int32Array.of() },
      4,
    ).fork()
    await session.prepare?.(signals(2))
    expect(session.afterLayer(signals(2))?.keep).toEqual(Int32Array.of(0, 3))
  })

  it('hands on what the other thread says, and names a wrong token', async () => {
    await expect(start(() => Promise.reject(new Error('took too long'))).prepare?.(signals(2))).rejects.toThrow(
      'took too long',
    )
    const wrong = start(() => Promise.resolve([9]))
    await wrong.prepare?.(signals(2))
    expect(() => wrong.afterLayer(signals(2))).toThrow('token 9')
  })
})
