import { cleanup, fireEvent, render, screen } from '@testing-library/react'
import { Tooltip } from 'radix-ui'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { SHARE_DEFAULTS } from '../../core/share/state.ts'
import { testDefinition } from '../../core/share/testing/definition.ts'
import { useDialogStore } from '../../stores/dialogStore.ts'
import { ShareButton } from './ShareButton.tsx'

// Radix measures its panel, which jsdom cannot.
globalThis.ResizeObserver ??= class {
  observe() {}
  unobserve() {}
  disconnect() {}
}

function open() {
  const readState = vi.fn(() => ({ ...SHARE_DEFAULTS, frame: 42 }))
  render(
    <Tooltip.Provider>
      <ShareButton readState={readState} methods={[testDefinition]} pageAddress="https://example.org/" />
    </Tooltip.Provider>,
  )
  fireEvent.click(screen.getByRole('button', { name: 'Share' }))
  return { readState, link: () => screen.getByRole<HTMLTextAreaElement>('textbox', { name: 'Link' }) }
}

/** jsdom has no clipboard of its own. */
function setClipboard(value: { writeText: (text: string) => Promise<void> } | undefined): void {
  Object.defineProperty(navigator, 'clipboard', { value, configurable: true })
}

afterEach(() => {
  cleanup()
  useDialogStore.setState({ opened: undefined })
})

describe('ShareButton', () => {
  it('reads the state when it opens and copies the link', async () => {
    const writeText = vi.fn(() => Promise.resolve())
    setClipboard({ writeText })
    const { readState, link } = open()
    expect(readState).toHaveBeenCalledTimes(1)
    expect(link().value).toBe('https://example.org/#f=42&v=1')
    fireEvent.click(screen.getByRole('button', { name: 'Copy link' }))
    expect(await screen.findByText('Copied.')).toBeDefined()
    expect(writeText).toHaveBeenCalledWith('https://example.org/#f=42&v=1')
  })

  it('leaves the frame out on request', () => {
    const { link } = open()
    fireEvent.click(screen.getByRole('checkbox', { name: 'This moment (frame, loop)' }))
    expect(link().value).toBe('https://example.org/#v=1')
  })

  it('selects the link where the clipboard is closed', async () => {
    setClipboard(undefined)
    const { link } = open()
    fireEvent.click(screen.getByRole('button', { name: 'Copy link' }))
    expect(await screen.findByText(/The link is selected/)).toBeDefined()
    expect(link().selectionEnd).toBe(link().value.length)
  })
})
