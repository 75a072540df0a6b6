import { segmentLength } from '../../core/tokens/layout.ts'
import type { TokenLayout } from '../../core/tokens/layout.ts'

/** One part of the token sequence as the strip shows it. */
export interface SequencePart {
  kind: 'visual' | 'proprio' | 'text' | 'action'
  title: string
  /** Tokens of the part that took part in the layer on the screen. */
  count: number
  /** Tokens of the part in the unpruned sequence. */
  all: number
  /** Words of the instruction, in order; empty places of the sequence are left out. */
  words: readonly string[]
}

const TITLES = { proprio: 'robot state', text: 'instruction', action: 'action queries' } as const

/**
 * The whole sequence of one layer: the visual tokens that are left, and the tokens that no method may remove.
 * @param survivors visual tokens that go on after the layer on the screen
 */
export function describeSequence(
  layout: TokenLayout,
  instruction: string,
  survivors: ArrayLike<number>,
): SequencePart[] {
  const ids = Array.from(survivors)
  return layout.segments.map((segment) => {
    const all = segmentLength(segment)
    if (segment.kind === 'visual') {
      const count = ids.filter((id) => id >= segment.start && id < segment.start + all).length
      return { kind: segment.kind, title: segment.view, count, all, words: [] }
    }
    const words = segment.kind === 'text' ? instruction.split(/\s+/).filter(Boolean).slice(0, all) : []
    return { kind: segment.kind, title: TITLES[segment.kind], count: all, all, words }
  })
}
