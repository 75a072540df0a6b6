import { cleanup, fireEvent, render, screen } from '@testing-library/react'
import { afterEach, describe, expect, it, vi } from 'vitest'
import type { LoadedModel } from '../runtime/protocol.ts'
import { provideCommands } from '../stores/commands.ts'
import { useModelStore } from '../stores/modelStore.ts'
import { RunButtons } from './RunButtons.tsx'

type Props = Parameters<typeof RunButtons>[0]

/** The buttons in the usual state, with what was pressed. */
function show(props: Partial<Props> = {}) {
  const on = { start: vi.fn(), pause: vi.fn(), resume: vi.fn(), stop: vi.fn(), save: vi.fn() }
  render(
    <RunButtons name="run" phase="idle" startTitle="Play 4 episodes" canStart canSave={false} on={on} {...props} />,
  )
  return on
}

const titles = () => screen.getAllByRole('button').map((button) => button.textContent)
const button = (title: string) => screen.getByRole<HTMLButtonElement>('button', { name: title })

function loadModel(): void {
  // Only its presence is asked for.
  useModelStore.setState({ load: { status: 'ready', model: {} as LoadedModel } })
}

afterEach(() => {
  cleanup()
  useModelStore.setState({ load: { status: 'idle' } })
})

describe('RunButtons', () => {
  it.each<[Props['phase'], string[]]>([
    ['idle', ['Play 4 episodes', 'Save JSON']],
    ['starting', ['Pause', 'Stop', 'Save JSON']],
    ['running', ['Pause', 'Stop', 'Save JSON']],
    ['paused', ['Resume', 'Stop', 'Save JSON']],
  ])('offers what fits the phase: %s', (phase, expected) => {
    loadModel()
    show({ phase })
    expect(titles()).toEqual(expected)
  })

  it('does what its buttons say', () => {
    loadModel()
    const idle = show({ canSave: true })
    fireEvent.click(button('Play 4 episodes'))
    fireEvent.click(button('Save JSON'))
    expect([idle.start, idle.save, idle.stop].map((command) => command.mock.calls.length)).toEqual([1, 1, 0])
    cleanup()
    const running = show({ phase: 'running' })
    fireEvent.click(button('Pause'))
    fireEvent.click(button('Stop'))
    expect([running.pause, running.stop].map((command) => command.mock.calls.length)).toEqual([1, 1])
    cleanup()
    const paused = show({ phase: 'paused', resumeTitle: 'Go on where it stopped' })
    fireEvent.click(button('Go on where it stopped'))
    expect(paused.resume).toHaveBeenCalledOnce()
  })

  it('cannot be paused while it starts, nor saved while there is nothing', () => {
    loadModel()
    show({ phase: 'starting' })
    expect([button('Pause').disabled, button('Stop').disabled, button('Save JSON').disabled]).toEqual([
      true,
      false,
      true,
    ])
  })

  it('says what is wrong with a plan instead of starting it', () => {
    loadModel()
    show({ canStart: false, problem: 'The seeds are not numbers.' })
    expect(button('Play 4 episodes').disabled).toBe(true)
    expect(screen.getByText('The seeds are not numbers.')).toBeDefined()
    cleanup()
    show({ phase: 'running', problem: 'The seeds are not numbers.' })
    expect(screen.queryByText('The seeds are not numbers.')).toBeNull()
  })

  it('offers to load the policy where there is none', () => {
    const startLoad = vi.fn()
    provideCommands({ startLoad } as unknown as Parameters<typeof provideCommands>[0])
    show()
    expect(button('Play 4 episodes').disabled).toBe(true)
    fireEvent.click(button('Load the policy'))
    expect(startLoad).toHaveBeenCalledOnce()
    cleanup()
    useModelStore.setState({ load: { status: 'loading', progress: undefined, bytesPerSecond: undefined } })
    show()
    expect(screen.queryByRole('button', { name: 'Load the policy' })).toBeNull()
  })
})
