import { chordCaps, hasAppleKeys } from './chords.ts'

/** A chord as key caps. */
export function Keys({ chord }: { chord: string }) {
  return (
    <span className="keys">
      {chordCaps(chord, hasAppleKeys()).map((cap) => (
        <kbd key={cap} className="kbd">
          {cap}
        </kbd>
      ))}
    </span>
  )
}
