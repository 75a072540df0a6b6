import { describe, expect, it } from 'vitest'
import { motionOf, nextMode, shouldReplan, travelledDistance, type ControllerSettings } from './actionAware.ts'
import { findEarlierFrame, lookBackSteps } from './lookBack.ts'

const settings: ControllerSettings = {
  fineTranslation: 0.35,
  fineRotation: 0.2,
  enterRule: 'slow',
  fineLateral: 0.1,
  fineRise: 0.1,
  leaveRule: 'lift',
  exitRise: 0.2,
  exitRotation: 0.3,
}

const still = { translation: 0, lateral: 0, rotation: 0, rise: 0 }

describe('controller', () => {
  it('measures motion in action units', () => {
    expect(motionOf([0.3, 0, -0.4, 0, 0, 0.1, 1])).toEqual({
      translation: 0.5,
      lateral: 0.3,
      rotation: 0.1,
      rise: -0.4,
    })
  })

  it('enters fine mode only when slow in both ways and not rising', () => {
    const slow = { translation: 0.3, lateral: 0.3, rotation: 0.1, rise: 0 }
    expect(nextMode('coarse', slow, settings)).toBe('fine')
    expect(nextMode('coarse', { ...slow, translation: 0.35 }, settings)).toBe('coarse')
    expect(nextMode('coarse', { ...slow, rotation: 0.2 }, settings)).toBe('coarse')
    expect(nextMode('coarse', { ...slow, rise: 0.01 }, settings)).toBe('coarse')
  })

  it('leaves fine mode by lifting or turning, not by moving sideways', () => {
    expect(nextMode('fine', { ...still, translation: 1, rotation: 0.3, rise: 0.2 }, settings)).toBe('fine')
    expect(nextMode('fine', { ...still, translation: 0.21, rise: 0.21 }, settings)).toBe('coarse')
    expect(nextMode('fine', { ...still, rotation: 0.31 }, settings)).toBe('coarse')
  })

  it('leaves fine mode by speed under the rule of the paper', () => {
    const speed = { ...settings, leaveRule: 'speed' } as const
    expect(nextMode('fine', { ...still, translation: 0.36 }, speed)).toBe('coarse')
    expect(nextMode('fine', { ...still, translation: 0.35, rotation: 0.2, rise: 0.3 }, speed)).toBe('fine')
  })

  it('enters by the rule of the code when slow alone, or slow sideways, upwards and turning', () => {
    const code = { ...settings, enterRule: 'code' } as const
    expect(nextMode('coarse', { translation: 0.34, lateral: 0, rotation: 1, rise: 0.34 }, code)).toBe('fine')
    const descent = { translation: 0.9, lateral: 0.09, rotation: 0.19, rise: -0.9 }
    expect(nextMode('coarse', descent, code)).toBe('fine')
    expect(nextMode('coarse', descent, settings)).toBe('coarse')
    expect(nextMode('coarse', { ...descent, lateral: 0.1 }, code)).toBe('coarse')
  })

  it('lets turning end fine mode only at the end of a chunk under the rule of the code', () => {
    const code = { ...settings, leaveRule: 'lift-at-end' } as const
    expect(nextMode('fine', { ...still, rotation: 0.31 }, code, 2)).toBe('fine')
    expect(nextMode('fine', { ...still, rotation: 0.31 }, code, 0)).toBe('coarse')
    expect(nextMode('fine', { ...still, rise: 0.21 }, code, 2)).toBe('coarse')
  })

  it('replans only when fine mode begins within a chunk', () => {
    expect(shouldReplan('coarse', 'fine', 3)).toBe(true)
    expect(shouldReplan('coarse', 'fine', 0)).toBe(false)
    expect(shouldReplan('fine', 'coarse', 3)).toBe(false)
    expect(shouldReplan('fine', 'fine', 3)).toBe(false)
  })
})

describe('look-back', () => {
  const paper = { lookBackBase: 7, lookBackSlope: -1, lookBackOffset: 4, lookBackMax: 64 }

  it('shortens with the distance travelled, which cancels when the arm returns', () => {
    const there = Float32Array.of(0.5, 0, 0.5, 1, 1, 1, 1)
    const back = Float32Array.of(-0.5, 0, -0.5, 1, 1, 1, 1)
    expect(travelledDistance([there, back])).toBe(0)
    expect(travelledDistance([])).toBe(0)
    expect(lookBackSteps(0, paper)).toBe(11)
    expect(lookBackSteps(2.5, paper)).toBe(8)
    expect(lookBackSteps(20, paper)).toBe(1)
    expect(lookBackSteps(0, { ...paper, lookBackMax: 6 })).toBe(6)
  })

  it('takes the oldest frame when the episode is younger than that', () => {
    const frames = (available: number) => (stepsBack: number) => (stepsBack <= available ? `t-${stepsBack}` : undefined)
    expect(findEarlierFrame(5, 100, frames(100))).toEqual({ frame: 't-5', stepsBack: 5 })
    expect(findEarlierFrame(5, 3, frames(100))).toEqual({ frame: 't-3', stepsBack: 3 })
    expect(findEarlierFrame(5, 100, frames(2))).toEqual({ frame: 't-2', stepsBack: 2 })
    expect(findEarlierFrame(5, 0, frames(100))).toBeUndefined()
  })
})
