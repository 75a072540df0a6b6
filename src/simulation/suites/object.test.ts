import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { planarDistance } from '../geometry.ts'
import { createTask, withTarget } from '../tasks.ts'
import { encodeInstruction } from '../vocabulary.ts'

const seeds = fc.integer({ min: 0, max: 99_999_999 })

describe('suite "object"', () => {
  it('is deterministic', () => {
    fc.assert(
      fc.property(seeds, (seed) => {
        expect(createTask('object', seed)).toEqual(createTask('object', seed))
      }),
    )
  })

  it('names its target in seven words of the vocabulary', () => {
    fc.assert(
      fc.property(seeds, (seed) => {
        const { instruction, objects, goals } = createTask('object', seed)
        const { colour, shape } = objects[goals[0].object]
        expect(instruction).toBe(`put the ${colour} ${shape} in the tray`)
        expect(encodeInstruction(instruction).every((id) => id > 0)).toBe(true)
      }),
    )
  })

  it('has four distinct looks, with the colour and the shape of the target elsewhere too', () => {
    fc.assert(
      fc.property(seeds, (seed) => {
        const { objects, goals } = createTask('object', seed)
        const target = objects[goals[0].object]
        const others = objects.filter((object) => object !== target)
        expect(new Set(objects.map(({ colour, shape }) => `${colour} ${shape}`)).size).toBe(4)
        expect(others.some(({ colour }) => colour === target.colour)).toBe(true)
        expect(others.some(({ shape }) => shape === target.shape)).toBe(true)
      }),
    )
  })

  it('leaves room around every object', () => {
    fc.assert(
      fc.property(seeds, (seed) => {
        const { objects, fixtures } = createTask('object', seed)
        objects.forEach((a, i) => {
          objects.slice(i + 1).forEach((b) => expect(planarDistance(a, b)).toBeGreaterThan(0.1))
          expect(planarDistance(a, fixtures[0])).toBeGreaterThan(0.12)
        })
      }),
    )
  })
})

describe('withTarget', () => {
  it('keeps the scene and changes goal and words', () => {
    const task = createTask('object', 3)
    const other = (task.goals[0].object + 1) % 4
    const changed = withTarget(task, other)
    expect(changed.objects).toBe(task.objects)
    expect(changed.goals).toEqual([{ object: other, fixture: 0 }])
    expect(changed.instruction).toContain(task.objects[other].shape)
  })
})
