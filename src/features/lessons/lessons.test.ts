import { describe, expect, it } from 'vitest'
import { selectorRegistry } from '../../core/pruning/registry.ts'
import { buildShareFragment, parseShareState } from '../../core/share/link.ts'
import text from '../../../public/lessons/lessons.json?raw'
import { lessonsSchema } from './lessonsSchema.ts'

const { lessons } = lessonsSchema.parse(JSON.parse(text))
const steps = lessons.flatMap(({ id, steps: all }) => all.map((step) => [`${id}: ${step.title}`, step] as const))

describe('lessons', () => {
  it('are a tour and five more, each under its own name', () => {
    expect(lessons).toHaveLength(6)
    expect(new Set(lessons.map(({ id }) => id)).size).toBe(6)
  })

  it.each(steps)('open without a note: %s', (_, { link }) => {
    const { state, notes } = parseShareState(link, { methods: selectorRegistry })
    expect(notes).toEqual([])
    // A link in its one spelling, so that equal views have equal links.
    expect(buildShareFragment(state)).toBe(link)
  })
})
