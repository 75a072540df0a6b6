import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { useMethodStore } from './methodStore.ts'
import { recordSettings, redoSettings, undoSettings, useSettingsHistory } from './settingsHistory.ts'

const method = useMethodStore.getState
let timeMs = 0
let stop = () => {}

beforeEach(() => {
  timeMs = 0
  useSettingsHistory.setState({ past: [], future: [] })
  method().apply({ methodId: 'a', parameters: { keep: 10, layers: [2] }, executeSteps: 8 })
  stop = recordSettings(() => timeMs)
})
afterEach(() => stop())

/** Long enough after the change before. */
function later(change: () => void): void {
  timeMs += 10_000
  change()
}

describe('undo and redo of settings', () => {
  it('go back and forth through every kind of change', () => {
    later(() => method().setParameter('keep', 20))
    later(() => method().apply({ executeSteps: 4 }))
    later(() => method().apply({ methodId: 'b', parameters: {} }))
    expect(undoSettings()).toBe(true)
    expect(method()).toMatchObject({ methodId: 'a', executeSteps: 4, parameters: { keep: 20 } })
    undoSettings()
    undoSettings()
    expect(method()).toMatchObject({ executeSteps: 8, parameters: { keep: 10 } })
    expect(undoSettings()).toBe(false)
    redoSettings()
    redoSettings()
    redoSettings()
    expect(method()).toMatchObject({ methodId: 'b', parameters: {} })
    expect(redoSettings()).toBe(false)
  })

  it('ask for a new run with every step, as any change does', () => {
    later(() => method().setParameter('keep', 20))
    const { revision } = method()
    undoSettings()
    expect(method().revision).toBeGreaterThan(revision)
  })

  it('take a dragged slider as one step, but not two sliders, nor a pause between', () => {
    later(() => method().setParameter('keep', 11))
    for (const value of [12, 13, 14]) {
      timeMs += 50
      method().setParameter('keep', value)
    }
    timeMs += 50
    method().setParameter('layers', [2, 4])
    later(() => method().setParameter('layers', [2, 4, 6]))
    expect(useSettingsHistory.getState().past).toHaveLength(3)
    undoSettings()
    undoSettings()
    expect(method().parameters).toEqual({ keep: 14, layers: [2] })
    undoSettings()
    expect(method().parameters).toEqual({ keep: 10, layers: [2] })
  })

  it('forget what was undone once something else is changed', () => {
    later(() => method().setParameter('keep', 20))
    undoSettings()
    later(() => method().setParameter('keep', 30))
    expect(redoSettings()).toBe(false)
    undoSettings()
    expect(method().parameters.keep).toBe(10)
  })

  it('remember no change that changes nothing', () => {
    later(() => method().apply({ parameters: { keep: 10, layers: [2] } }))
    expect(useSettingsHistory.getState().past).toEqual([])
  })
})
