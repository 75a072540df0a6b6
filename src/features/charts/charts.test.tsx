import { act, cleanup, fireEvent, render, screen } from '@testing-library/react'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { AgreementChart } from './AgreementChart.tsx'
import { ControllerChart } from './ControllerChart.tsx'
import { LatencyChart } from './LatencyChart.tsx'
import { TokensPerLayerChart } from './TokensPerLayerChart.tsx'
import { buildRunRecord } from './testing/buildRunRecord.ts'

const run = buildRunRecord()
const origin = { kind: 'recorded', device: run.device, createdAt: run.createdAt } as const

function createFrames(frame = 0) {
  const listeners = new Set<() => void>()
  return {
    get: () => frame,
    subscribe(listener: () => void) {
      listeners.add(listener)
      return () => void listeners.delete(listener)
    },
    set(next: number) {
      frame = next
      for (const listener of listeners) listener()
    },
    listeners,
  }
}

/** Opens the table twin; jsdom fires no toggle event by itself. */
function openTable() {
  const details = screen.getByText('Table').closest('details') as HTMLDetailsElement
  details.open = true
  fireEvent(details, new Event('toggle'))
}

afterEach(cleanup)

describe('charts over frames', () => {
  it('move their cursor without rendering, and stop listening when they go', () => {
    const frames = createFrames()
    const timeline = { frameCount: 101, frames, onSeek: vi.fn() }
    const { unmount } = render(<LatencyChart run={run} origin={origin} {...timeline} />)
    const cursor = screen.getByTestId('frame-cursor')
    const drawing = screen.getByRole('img').innerHTML
    act(() => frames.set(50))
    expect(cursor.style.left).toBe('calc(50% + 15px)')
    expect(screen.getByRole('img').innerHTML).toBe(drawing)
    unmount()
    expect(frames.listeners.size).toBe(0)
  })

  it('seek to the clicked query and to a row of the table', () => {
    const onSeek = vi.fn()
    render(<AgreementChart run={run} origin={origin} frameCount={118} frames={createFrames()} onSeek={onSeek} />)
    const plot = screen.getByRole('img').parentElement as HTMLElement
    plot.getBoundingClientRect = () => new DOMRect(0, 0, 167 + 50, 100)
    fireEvent.click(plot, { clientX: 40 + 30 })
    expect(onSeek).toHaveBeenLastCalledWith(24)
    openTable()
    fireEvent.click(screen.getByRole('button', { name: 'Go to frame 112' }))
    expect(onSeek).toHaveBeenLastCalledWith(112)
    fireEvent.click(screen.getByRole('button', { name: /worst, frame 40/ }))
    expect(onSeek).toHaveBeenLastCalledWith(40)
  })
})

describe('what stands beside the numbers', () => {
  const timeline = { frameCount: 118, frames: createFrames(), onSeek: vi.fn() }

  it('is that open-loop agreement is not task success', () => {
    render(<AgreementChart run={run} origin={origin} {...timeline} />)
    expect(screen.getByText(/Open-loop agreement is not task success\./)).toBeDefined()
  })

  it('is the origin, and a warning on an emulated GPU', () => {
    render(<LatencyChart run={run} origin={origin} softwareAdapter {...timeline} />)
    expect(screen.getByText('Recorded')).toBeDefined()
    expect(screen.getByText(/emulated on the processor/)).toBeDefined()
  })

  it('is a sentence where there is nothing to draw', () => {
    render(<TokensPerLayerChart run={undefined} query={undefined} origin={undefined} />)
    expect(screen.getByText('No query has run yet.')).toBeDefined()
    render(<ControllerChart run={buildRunRecord({ withController: false })} origin={origin} {...timeline} />)
    expect(screen.getByText(/has no controller/)).toBeDefined()
  })
})
