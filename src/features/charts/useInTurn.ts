import { startTransition, useEffect, useState } from 'react'

/** A redraw that waits for those before it. */
interface Turn {
  redraw(): void
}

const waiting: Turn[] = []
/** The turn under way; it ends one display frame after its redraw is on the page. */
let active: Turn | undefined

function next(): void {
  active = waiting.shift()
  active?.redraw()
}

/** Asks for a turn. @returns takes the request back, or says that its redraw is on the page */
function requestTurn(redraw: () => void): () => void {
  const turn: Turn = { redraw }
  waiting.push(turn)
  if (!active) next()
  return () => {
    const place = waiting.indexOf(turn)
    if (place >= 0) waiting.splice(place, 1)
    // The charts' library measures and lays out in the display frame after React is done.
    if (active === turn) requestAnimationFrame(() => setTimeout(next, 0))
  }
}

/**
 * A value that changes one chart after the other: drawn in one go, the charts of a run would hold the page up for longer
 * than a frame may.
 * @param resting keeps the value as it is: a chart that nobody sees is not drawn anew with every answer of a run
 */
export function useInTurn<T>(value: T, resting: boolean): T {
  const [shown, show] = useState(() => value)
  const due = !resting && shown !== value
  useEffect(() => (due ? requestTurn(() => startTransition(() => show(() => value))) : undefined), [due, value])
  return shown
}
