import { describe, expect, it } from 'vitest'
import { chordCaps, matchesChord, normaliseChord, parseChord } from './chords.ts'
import type { KeyPress } from './chords.ts'

function press(key: string, held: Partial<KeyPress> = {}): KeyPress {
  return { key, ctrlKey: false, metaKey: false, altKey: false, shiftKey: false, ...held }
}

describe('chords', () => {
  it('tell plain keys from shifted ones where that is a choice', () => {
    expect(matchesChord(press('ArrowLeft'), 'ArrowLeft')).toBe(true)
    expect(matchesChord(press('ArrowLeft', { shiftKey: true }), 'ArrowLeft')).toBe(false)
    expect(matchesChord(press('ArrowLeft', { shiftKey: true }), 'Shift+ArrowLeft')).toBe(true)
    expect(matchesChord(press('J'), 'j')).toBe(true)
    expect(matchesChord(press('J', { shiftKey: true }), 'j')).toBe(false)
    expect(matchesChord(press(' '), 'Space')).toBe(true)
  })

  it('take signs however the keyboard types them', () => {
    expect(matchesChord(press('?', { shiftKey: true }), '?')).toBe(true)
    expect(matchesChord(press('?'), '?')).toBe(true)
    const altGr = { ctrlKey: true, altKey: true, getModifierState: (name: string) => name === 'AltGraph' }
    expect(matchesChord(press('[', altGr), '[')).toBe(true)
    expect(matchesChord(press('[', { ctrlKey: true, altKey: true }), '[')).toBe(false)
  })

  it('take Ctrl and Command alike', () => {
    expect(matchesChord(press('k', { ctrlKey: true }), 'Mod+k')).toBe(true)
    expect(matchesChord(press('k', { metaKey: true }), 'Mod+k')).toBe(true)
    expect(matchesChord(press('k'), 'Mod+k')).toBe(false)
    expect(matchesChord(press('Z', { ctrlKey: true, shiftKey: true }), 'Mod+Shift+z')).toBe(true)
    expect(matchesChord(press('z', { ctrlKey: true }), 'Mod+Shift+z')).toBe(false)
  })

  it('have one spelling each', () => {
    expect(normaliseChord('Shift+?')).toBe(normaliseChord('?'))
    expect(normaliseChord('Mod+K')).toBe(normaliseChord('Mod+k'))
    expect(normaliseChord('Shift+j')).not.toBe(normaliseChord('j'))
    expect(parseChord('+').key).toBe('+')
    expect(() => parseChord('Hyper+k')).toThrow('Hyper')
  })

  it('are shown as the keys are labelled', () => {
    expect(chordCaps('Mod+Shift+z', false)).toEqual(['Ctrl', 'Shift', 'Z'])
    expect(chordCaps('Mod+Shift+z', true)).toEqual(['⌘', 'Shift', 'Z'])
    expect(chordCaps('Shift+ArrowLeft', false)).toEqual(['Shift', '←'])
    expect(chordCaps('Space', false)).toEqual(['Space'])
  })
})
