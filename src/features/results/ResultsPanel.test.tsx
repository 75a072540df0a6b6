import { cleanup, fireEvent, render, screen, within } from '@testing-library/react'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { useMethodStore } from '../../stores/methodStore.ts'
import { resetResultFiles } from '../../stores/resultFilesStore.ts'
import { ResultsPanel } from './ResultsPanel.tsx'
import { buildComparison } from './testing/buildComparison.ts'

const DENSE = { id: 'dense', label: 'dense', successes: 16, macsRatio: 1, p50: 90 }
const RANDOM = {
  ...{ id: 'random', label: 'random:keep=0.3', successes: 8, macsRatio: 0.4, p50: 40 },
  ...{ parameters: { keep: 0.3, removeAfter: 1 }, changed: ['keep', 'removeAfter'] },
}
const GONE = { id: 'no-such-method', label: 'no-such-method', successes: 8, macsRatio: 0.4, p50: 41 }

function serve(files: Record<string, unknown>): void {
  vi.stubGlobal('fetch', (address: URL) => {
    const name = address.pathname.split('/').at(-1) ?? ''
    return Promise.resolve(
      name in files ? new Response(JSON.stringify(files[name])) : new Response('', { status: 404 }),
    )
  })
}

const INDEX = { version: 1, files: [{ file: 'main.json', kind: 'comparison', title: 'Main' }] }

beforeEach(() => serve({ 'index.json': INDEX, 'main.json': buildComparison([DENSE, RANDOM, GONE]) }))

afterEach(() => {
  cleanup()
  resetResultFiles()
  vi.unstubAllGlobals()
})

describe('results panel', () => {
  it('shows what is served: plot, table, provenance, the paper beside ours', async () => {
    render(<ResultsPanel />)
    const table = await screen.findByTestId('results-table')
    expect(within(table).getAllByRole('row')).toHaveLength(4)
    expect(screen.getByTestId('pareto').querySelectorAll('title')).toHaveLength(4)
    expect(screen.getByTestId('result-provenance').textContent).toContain('model tiny abababab')
    const paper = screen.getByTestId('published-table')
    expect(within(paper).getByRole('row', { name: /Dense/ }).textContent).toContain('80.0 at 100 %, 1.00× on object')
  })

  it('sorts by a heading and says so', async () => {
    render(<ResultsPanel />)
    const table = await screen.findByTestId('results-table')
    fireEvent.click(within(table).getByRole('button', { name: /p50/ }))
    const methods = within(table)
      .getAllByRole('rowheader')
      .map(({ textContent }) => textContent)
    expect(methods).toEqual(['random:keep=0.3', 'no-such-method', 'dense'])
    expect(within(table).getByRole('columnheader', { name: /p50/ }).getAttribute('aria-sort')).toBe('ascending')
  })

  it('opens the exact setting of a row; not that of a method it does not have', async () => {
    render(<ResultsPanel />)
    fireEvent.click(await screen.findByRole('button', { name: 'Open random:keep=0.3 in the playground' }))
    expect(useMethodStore.getState()).toMatchObject({ methodId: 'random', executeSteps: 4, seed: 3 })
    expect(useMethodStore.getState().parameters).toMatchObject({ keep: 0.3, removeAfter: 1 })
    const gone: HTMLButtonElement = screen.getByRole('button', { name: 'Open no-such-method in the playground' })
    expect(gone.disabled).toBe(true)
  })

  it('reads a file of the reader, and says what is wrong with one that is none', async () => {
    serve({})
    render(<ResultsPanel />)
    expect(await screen.findByText(/No results are served/)).toBeTruthy()
    // jsdom's files cannot be read as text.
    const fileOf = (text: string, name: string) =>
      Object.assign(new File([text], name), { text: () => Promise.resolve(text) })
    const input = screen.getByTestId('result-files')
    const good = fileOf(JSON.stringify(buildComparison([DENSE, RANDOM], 'goal')), 'mine.json')
    fireEvent.change(input, { target: { files: [fileOf('{"version":', 'cut.json'), good] } })
    expect((await screen.findByRole('alert')).textContent).toContain('cut.json: the file is not JSON')
    expect(within(screen.getByTestId('results-table')).getAllByRole('row')).toHaveLength(3)
  })
})
