import { describe, expect, it } from 'vitest'
import { OPENVLA_OFT, predictGain } from './predictedGain.ts'

const NOTHING = { denseLayers: 2, keepShare: 1, stageLayers: [], dropShare: 0 }

describe('predictGain', () => {
  it('counts OpenVLA-OFT as the reference does and gains nothing from keeping everything', () => {
    const gain = predictGain(OPENVLA_OFT, NOTHING, 0.2)
    expect(gain.denseMacs / 1e12).toBeCloseTo(4.014, 3)
    expect(gain).toMatchObject({ budget: 1, macSpeedUp: 1, latencySpeedUp: 1 })
  })

  it('removes after the dense layers and at the stages', () => {
    const shape = { layers: 4, width: 2, feedForward: 4, visualTokens: 100, fixedTokens: 0 }
    const gain = predictGain(shape, { denseLayers: 1, keepShare: 0.5, stageLayers: [1, 3], dropShare: 0.1 }, 0)
    expect(gain.visualTokensPerLayer).toEqual([100, 50, 50, 45])
    expect(gain.budget).toBeCloseTo(245 / 400)
    // (4 D^2 + 2 D F) T + 2 T^2 D = 32 T + 4 T^2
    const layer = (tokens: number) => 32 * tokens + 4 * tokens ** 2
    expect(gain.macSpeedUp).toBeCloseTo((4 * layer(100)) / (layer(100) + 2 * layer(50) + layer(45)))
  })

  it('cannot be faster than the part that it leaves alone', () => {
    const gain = predictGain(OPENVLA_OFT, { ...NOTHING, denseLayers: 0, keepShare: 0.001 }, 0.25)
    expect(gain.latencySpeedUp).toBeLessThan(4)
    expect(gain.macSpeedUp).toBeGreaterThan(5)
  })
})
