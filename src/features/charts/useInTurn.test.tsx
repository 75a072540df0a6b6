import { cleanup, render, screen, waitFor } from '@testing-library/react'
import { afterEach, describe, expect, it } from 'vitest'
import { useInTurn } from './useInTurn.ts'

function Chart({ id, value, resting = false }: { id: string; value: number; resting?: boolean }) {
  return <p data-testid={id}>{useInTurn(value, resting)}</p>
}

const shown = (...ids: string[]) => ids.map((id) => Number(screen.getByTestId(id).textContent))

function charts(value: number, resting = false) {
  return (
    <>
      <Chart id="a" value={value} />
      <Chart id="b" value={value} />
      <Chart id="c" value={value} resting={resting} />
    </>
  )
}

afterEach(cleanup)

describe('charts in turn', () => {
  it('are drawn one after the other, each with the newest value', async () => {
    const { rerender } = render(charts(1))
    expect(shown('a', 'b', 'c')).toEqual([1, 1, 1])
    rerender(charts(2))
    expect(shown('a', 'b', 'c')).toEqual([2, 1, 1])
    rerender(charts(3))
    expect(shown('c')).toEqual([1])
    await waitFor(() => expect(shown('a', 'b', 'c')).toEqual([3, 3, 3]))
  })

  it('rest while nobody sees them, and follow afterwards', async () => {
    const { rerender } = render(charts(1, true))
    rerender(charts(2, true))
    await waitFor(() => expect(shown('a', 'b')).toEqual([2, 2]))
    expect(shown('c')).toEqual([1])
    rerender(charts(2))
    await waitFor(() => expect(shown('c')).toEqual([2]))
  })

  it('go on when one that waits, or whose turn it is, is taken away', async () => {
    const { rerender } = render(charts(1))
    rerender(charts(2))
    rerender(<Chart id="c" value={4} />)
    await waitFor(() => expect(shown('c')).toEqual([4]))
  })
})
