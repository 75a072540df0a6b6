import { cleanup, fireEvent, render, screen, waitFor } from '@testing-library/react'
import { Tooltip } from 'radix-ui'
import { afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import { allActions, findAction, provideActions } from '../../stores/actions.ts'
import type { Action } from '../../stores/actions.ts'
import { useDialogStore } from '../../stores/dialogStore.ts'
import { usePlayerStore } from '../../stores/playerStore.ts'
import { normaliseChord, parseChord } from '../../ui/chords.ts'
import { KeyboardHelp } from '../KeyboardHelp.tsx'
import { Palette } from '../Palette.tsx'
import { startShortcuts } from '../shortcuts.ts'
import { ACTIONS, ACTION_SOURCES, startActions } from './actions.ts'

beforeAll(async () => {
  // Loaded when it opens first; here before, because that takes as long as the machine likes.
  await import('../PaletteList.tsx')
  // Radix and cmdk measure and scroll, which jsdom cannot.
  globalThis.ResizeObserver ??= class {
    observe() {}
    unobserve() {}
    disconnect() {}
  }
  Element.prototype.scrollIntoView ??= () => {}
})

let stop = () => {}
beforeEach(() => {
  startActions()
  stop = startShortcuts()
  usePlayerStore.getState().open(100, 20)
})
afterEach(() => {
  stop()
  cleanup()
  useDialogStore.setState({ opened: undefined })
})

/** Presses a chord on an element, as a keyboard does. */
function press(chord: string, target: Element = document.body): void {
  const { key, mod, shift, alt } = parseChord(chord)
  fireEvent.keyDown(target, { key, ctrlKey: mod, shiftKey: shift, altKey: alt })
}

/** The same actions, always allowed, that only say that they ran. */
function spies(): { actions: Action[]; ran: string[] } {
  const ran: string[] = []
  const actions = ACTIONS.map((action) => ({ ...action, enabled: () => true, run: () => void ran.push(action.id) }))
  return { actions, ran }
}

describe('the list of actions', () => {
  it('has no id and no key twice', () => {
    const ids = [...ACTIONS, ...ACTION_SOURCES.flatMap((source) => source())].map(({ id }) => id)
    expect(ids).toEqual([...new Set(ids)])
    const chords = ACTIONS.flatMap(({ keys = [] }) => keys.map(normaliseChord))
    expect(chords).toEqual([...new Set(chords)])
    // Only fixed actions are looked up by key.
    expect(ACTION_SOURCES.flatMap((source) => source()).filter(({ keys }) => keys)).toEqual([])
  })

  it('runs each action by each of its keys', () => {
    const { actions, ran } = spies()
    provideActions(actions)
    for (const { id, keys = [] } of actions) {
      for (const chord of keys) {
        ran.length = 0
        press(chord)
        expect(ran, chord).toEqual([id])
      }
    }
  })

  it('leaves keys alone that a control needs, and those of what cannot be done', () => {
    render(
      <>
        <input aria-label="text" />
        <button type="button">button</button>
        <div role="slider" tabIndex={0} aria-valuenow={0} />
        <div role="dialog" tabIndex={0} />
      </>,
    )
    const { actions, ran } = spies()
    provideActions(actions)
    press('k', screen.getByRole('textbox'))
    press('Mod+z', screen.getByRole('textbox'))
    press('Space', screen.getByRole('button'))
    press('ArrowLeft', screen.getByRole('slider'))
    press('k', screen.getByRole('dialog'))
    expect(ran).toEqual([])
    press('k', screen.getByRole('button'))
    press('k', screen.getByRole('slider'))
    press('Mod+k', screen.getByRole('dialog'))
    expect(ran).toEqual(['player.pause', 'player.pause', 'page.palette'])
    provideActions(actions.map((action) => ({ ...action, enabled: () => false })))
    press('k')
    expect(ran).toHaveLength(3)
  })
})

describe('the palette', () => {
  async function openPalette() {
    render(
      <Tooltip.Provider>
        <Palette />
      </Tooltip.Provider>,
    )
    press('Mod+k')
    return screen.findByTestId('palette-input')
  }

  it('offers every action of the moment, so that each can be reached by keyboard', async () => {
    await openPalette()
    const offered = screen.getAllByRole('option').map((option) => option.querySelector('span')?.textContent)
    expect(offered).toEqual(allActions().map(({ title }) => title))
    expect(offered.length).toBeGreaterThan(ACTIONS.length)
  })

  it('finds an action by words that are not in its name, and runs it', async () => {
    const input = await openPalette()
    fireEvent.change(input, { target: { value: 'theme' } })
    await waitFor(() => expect(screen.getAllByRole('option')).toHaveLength(1))
    expect(screen.getByRole('option').textContent).toContain('Change the colours')
    const run = vi.spyOn(findAction('page.theme') as Action, 'run').mockImplementation(() => {})
    fireEvent.keyDown(input, { key: 'Enter' })
    expect(run).toHaveBeenCalledOnce()
    expect(screen.queryByTestId('palette')).toBeNull()
    run.mockRestore()
  })
})

describe('the sheet of keys', () => {
  it('lists every action that has a key, with its first key', () => {
    render(
      <Tooltip.Provider>
        <KeyboardHelp />
      </Tooltip.Provider>,
    )
    press('?')
    const sheet = screen.getByRole('dialog', { name: 'Keyboard' })
    const listed = [...sheet.querySelectorAll('dd')].map((entry) => entry.textContent)
    for (const { title, keys } of ACTIONS) expect(listed.includes(title), title).toBe(keys !== undefined)
    expect(sheet.textContent).toContain('Ctrl')
  })
})
