import { cleanup, fireEvent, render, screen, within } from '@testing-library/react'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { sweepFile } from '../../data/results/sweep.ts'
import type { SweepCell, SweepPlan } from '../../data/results/sweep.ts'
import { useEpisodeStore } from '../../stores/episodeStore.ts'
import { useMethodStore } from '../../stores/methodStore.ts'
import { useSweepFileStore } from '../../stores/sweepFileStore.ts'
import { OpenedSweep } from './OpenedSweep.tsx'

const plan: SweepPlan = {
  id: 'one',
  createdAt: '2026-01-01T00:00:00.000Z',
  app: { version: '0.1.0' },
  model: {
    ...{ id: 'tiny', weightsSha256: 'a'.repeat(64), layers: 4, width: 48 },
    ...{ feedForward: 96, visualTokens: 512, fixedTokens: 16 },
  },
  episode: { dataset: 'object', index: 0, frames: 40 },
  method: { id: 'random', title: 'Random', parameters: { keep: 0.5 } },
  axes: [{ name: 'keep', title: 'Share kept', values: [0.25, 0.5] }],
  ...{ executeSteps: 8, seed: 0, forced: '', instruction: '', engine: 'auto' as const },
}
const cell = (index: number): SweepCell => ({
  ...{ index, values: { keep: plan.axes[0].values[index] }, measuredAt: '2026-01-01', elapsedMs: 100 },
  status: 'measured',
  device: { backend: 'wasm', agent: 'test' },
  measures: {
    ...{ l1: 0.01, distanceMm: 0.4 + index, rotationDeg: 0.1, gripperAgreement: 1, budget: 0.5 },
    ...{ macsShare: 0.5, latencyMs: 20, queries: 5, replans: 0 },
  },
})

function fileOf(name: string, changes: Partial<SweepPlan> = {}, indices = [0, 1]): File {
  const provenance = {
    createdAt: '2026-01-02T00:00:00.000Z',
    app: plan.app,
    machine: { cores: 2, processor: '', system: 'test' },
  }
  const text = JSON.stringify(sweepFile({ ...plan, ...changes }, indices.map(cell), provenance))
  return withText(name, text)
}

/** jsdom's files cannot be read as text. */
function withText(name: string, text: string): File {
  return Object.assign(new File([text], name), { text: () => Promise.resolve(text) })
}

const choose = (...files: File[]) => fireEvent.change(screen.getByTestId('sweep-file'), { target: { files } })

beforeEach(() => {
  const episode = { dataset: 'object', index: 0, instruction: '', frames: 40, fps: 20, notes: [] }
  useEpisodeStore.setState({
    catalog: { status: 'ready', groups: [{ dataset: 'object', title: 'Object', episodes: [episode] }] },
  })
  render(<OpenedSweep />)
})

afterEach(() => {
  cleanup()
  useSweepFileStore.getState().close()
})

describe('a saved sweep', () => {
  it('shows its grid, its plot and its cells, and opens a setting', async () => {
    choose(fileOf('mine.json'))
    expect((await screen.findByTestId('opened-sweep-state')).textContent).toContain('All 2 cells')
    const grid = within(screen.getByTestId('sweep-grid'))
    expect(grid.getAllByRole('row').map(({ textContent }) => textContent)).toEqual([
      'Share keptDistance (mm)',
      '0.250.400',
      '0.51.400',
    ])
    expect(screen.getByTestId('sweep-plot').querySelectorAll('circle')).toHaveLength(2)
    fireEvent.click(screen.getByRole('button', { name: 'Use the setting Share kept 0.25' }))
    expect(useMethodStore.getState()).toMatchObject({ methodId: 'random', parameters: { keep: 0.25 } })
  })

  it('says what is missing, and why a setting cannot be used here', async () => {
    choose(fileOf('half.json', { method: { ...plan.method, id: 'own:theirs', title: 'Theirs' } }, [1]))
    const state = await screen.findByTestId('opened-sweep-state')
    expect(state.textContent).toContain('Partial: 1 of 2 cells')
    expect(screen.getByText(/this page does not have the method Theirs/)).toBeTruthy()
    const use: HTMLButtonElement = screen.getByRole('button', { name: /^Use the setting/ })
    expect(use.disabled).toBe(true)
  })

  it('keeps what was open when the next file cannot be read, and says why', async () => {
    choose(fileOf('mine.json'))
    await screen.findByTestId('opened-sweep-state')
    choose(withText('cut.json', '{"version":1,"kind":"sweep","pl'))
    expect((await screen.findByRole('alert')).textContent).toMatch(/^cut\.json: the file is not JSON/)
    expect(screen.getByRole('heading').textContent).toBe('mine.json')
    fireEvent.click(screen.getByTestId('sweep-close'))
    expect(screen.queryByRole('heading')).toBeNull()
    expect(screen.queryByRole('alert')).toBeNull()
  })
})
