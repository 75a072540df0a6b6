import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { planarDistance } from '../geometry.ts'
import { alternativeTasks, createTask } from '../tasks.ts'
import { encodeInstruction, OBJECT_LANGUAGE } from '../vocabulary.ts'

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
        expect(encodeInstruction(instruction, OBJECT_LANGUAGE).every((id) => id > 0)).toBe(true)
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

describe('alternatives of suite "object"', () => {
  it('keep the scene and change goal and words', () => {
    const task = createTask('object', 3)
    const { object } = task.goals[0]
    const others = alternativeTasks(task)
    expect(others.map(({ goals }) => goals[0].object)).toEqual([1, 2, 3].map((step) => (object + step) % 4))
    for (const other of others) {
      const { colour, shape } = task.objects[other.goals[0].object]
      expect(other.objects).toBe(task.objects)
      expect(other.instruction).toBe(`put the ${colour} ${shape} in the tray`)
    }
  })
})

/** Trained weights depend on it: a seed shows what it has always shown. */
describe('golden tasks of suite "object"', () => {
  it.each([
    [0, 'put the blue cube in the tray', [-0.028057930013164867, -0.027006955817341805, 0.07972328341100365]],
    [7, 'put the yellow brick in the tray', [-0.03858324842527508, -0.1963989498326555, 0.04475374571746216]],
    [42, 'put the orange brick in the tray', [-0.10650339663028717, 0.07611442741472274, -0.014982882437761871]],
  ] as const)('seed %i', (seed, instruction, golden) => {
    const { objects, fixtures, goals, ...task } = createTask('object', seed)
    expect(task.instruction).toBe(instruction)
    const { x, y } = objects[goals[0].object]
    ;[x, y, fixtures[0].x].forEach((value, i) => expect(value).toBeCloseTo(golden[i], 12))
  })
})
