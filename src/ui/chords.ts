/** What decides whether a key press is a chord; a `KeyboardEvent` has it all. */
export interface KeyPress {
  key: string
  ctrlKey: boolean
  metaKey: boolean
  altKey: boolean
  shiftKey: boolean
  getModifierState?(name: string): boolean
}

interface Chord {
  mod: boolean
  shift: boolean
  alt: boolean
  key: string
}

const MODIFIERS = ['Mod', 'Shift', 'Alt'] as const

/** Reads `Mod+Shift+z`. @throws on a modifier that does not exist */
export function parseChord(text: string): Chord {
  const parts = text === '+' ? ['+'] : text.split('+')
  const key = parts[parts.length - 1]
  const modifiers = parts.slice(0, -1)
  const unknown = modifiers.find((name) => !(MODIFIERS as readonly string[]).includes(name))
  if (unknown !== undefined || key === '') throw new Error(`"${text}" is not a chord.`)
  const has = (name: (typeof MODIFIERS)[number]) => modifiers.includes(name)
  return { mod: has('Mod'), shift: has('Shift'), alt: has('Alt'), key: key === 'Space' ? ' ' : key }
}

/** One spelling for chords that the same key press means: for finding duplicates. */
export function normaliseChord(text: string): string {
  const { mod, shift, alt, key } = parseChord(text)
  const modifiers = [mod && 'mod', alt && 'alt', shift && shiftMatters(key) && 'shift'].filter(Boolean)
  return [...modifiers, key.toLowerCase()].join('+')
}

/** Whether a key press is a chord. */
export function matchesChord(press: KeyPress, text: string): boolean {
  const chord = parseChord(text)
  // AltGr, which types [ and ] on many keyboards, reports as Ctrl and Alt on some systems.
  const typed = press.getModifierState?.('AltGraph') ?? false
  const mod = !typed && (press.ctrlKey || press.metaKey)
  const alt = !typed && press.altKey
  if (mod !== chord.mod || alt !== chord.alt) return false
  if (press.key.toLowerCase() !== chord.key.toLowerCase()) return false
  return !shiftMatters(chord.key) || press.shiftKey === chord.shift
}

/** `?` and `[` are typed with or without Shift, depending on the keyboard; letters and named keys tell the two apart. */
function shiftMatters(key: string): boolean {
  return key.length > 1 || key === ' ' || /^[a-z]$/i.test(key)
}

const NAMES: Readonly<Record<string, string>> = {
  ' ': 'Space',
  ArrowLeft: '←',
  ArrowRight: '→',
  ArrowUp: '↑',
  ArrowDown: '↓',
}

/** The caps of a chord's keys, as a reader knows them. @param apple names of Apple's keyboards */
export function chordCaps(text: string, apple: boolean): string[] {
  const { mod, shift, alt, key } = parseChord(text)
  return [
    ...(mod ? [apple ? '⌘' : 'Ctrl'] : []),
    ...(alt ? [apple ? '⌥' : 'Alt'] : []),
    ...(shift ? ['Shift'] : []),
    NAMES[key] ?? (key.length === 1 ? key.toUpperCase() : key),
  ]
}

/** Whether this machine has Apple's keys. */
export function hasAppleKeys(): boolean {
  return /Mac|iPhone|iPad/.test(navigator.userAgent)
}
