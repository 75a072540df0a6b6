import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { planarDistance } from '../geometry.ts'
import { activeGoalIndex, isInside } from '../predicates.ts'
import { SHAPES } from '../shapes.ts'
import { alternativeTasks, createTask, SUITE_IDS, SUITES, type SuiteId, TASK_NAMES, taskNumber } from '../tasks.ts'
import { splitWords } from '../../core/tokens/instruction.ts'
import { encodeInstruction } from '../vocabulary.ts'
import { initialWorld } from '../world.ts'
import { relationHolds } from './spatial.ts'

const seeds = fc.integer({ min: 0, max: 99_999_999 })
const RUNS = { numRuns: 40 }

function worldOf(suite: SuiteId, seed: number) {
  const task = createTask(suite, seed)
  const heights = task.objects.map(({ shape }) => SHAPES[shape].restHeightM)
  return { task, world: initialWorld(task, heights, 0.04) }
}

describe.each(SUITE_IDS)('suite "%s"', (suite) => {
  it('has ten tasks with names of their own, all of which come up', () => {
    const { tasks } = SUITES[suite]
    expect(new Set(tasks).size).toBe(10)
    const seen = new Set(Array.from({ length: suite === 'object' ? 80 : 10 }, (_, i) => createTask(suite, i).taskId))
    expect(seen).toEqual(new Set(tasks))
  })

  it('is deterministic, and the wording changes words alone', () => {
    fc.assert(
      fc.property(seeds, fc.constantFrom('trained', 'held-out', 'mixed'), (seed, wording) => {
        const plain = createTask(suite, seed)
        expect(createTask(suite, seed)).toEqual(plain)
        const { instruction, mentions, heldOut, ...other } = createTask(suite, seed, wording)
        expect({ ...plain, ...other, wording: 'plain' }).toEqual(plain)
        expect(mentions.length).toBe(plain.mentions.length)
        expect(heldOut).toBe(wording === 'held-out' || (wording === 'mixed' && heldOut))
        expect(instruction).not.toContain('{')
      }),
      RUNS,
    )
  })

  it('speaks words of the vocabulary that fit and names its things where it says', () => {
    fc.assert(
      fc.property(seeds, fc.constantFrom('plain', 'trained', 'held-out'), (seed, wording) => {
        const { instruction, mentions, objects, fixtures, goals } = createTask(suite, seed, wording)
        const words = splitWords(instruction)
        expect(() => encodeInstruction(instruction)).not.toThrow()
        for (const { goal, role, colourWord, nounWord } of mentions) {
          const { object, destination, landmark } = goals[goal]
          const referent =
            role === 'target' ? { kind: 'object', index: object } : role === 'destination' ? destination : landmark
          const { index = 0, kind = '' } = referent ?? {}
          const colour = kind === 'object' ? objects[index].colour : fixtures[index].colour
          expect(words[nounWord]).toBe(kind === 'object' ? objects[index].shape : fixtures[index].kind)
          expect(colourWord === undefined ? undefined : words[colourWord]).toBe(colour)
        }
      }),
      RUNS,
    )
  })

  it('never says a held-out sentence in training', () => {
    for (let seed = 0; seed < 60; seed++) {
      const heldOut = createTask(suite, seed, 'held-out').instruction
      expect([createTask(suite, seed, 'trained').instruction, createTask(suite, seed).instruction]).not.toContain(
        heldOut,
      )
    }
  })

  it('starts with nothing done and room around everything', () => {
    fc.assert(
      fc.property(seeds, (seed) => {
        const { task, world } = worldOf(suite, seed)
        expect(activeGoalIndex(world, task)).toBe(0)
        for (const goal of task.goals) expect(isInside(world, task, goal)).toBe(false)
        task.objects.forEach((a, i) =>
          task.objects.slice(i + 1).forEach((b) => expect(planarDistance(a, b)).toBeGreaterThan(0.1)),
        )
      }),
      RUNS,
    )
  })

  it('offers other tasks in the same scene', () => {
    fc.assert(
      fc.property(seeds, (seed) => {
        const task = createTask(suite, seed)
        const others = alternativeTasks(task)
        expect(others.length).toBeGreaterThan(0)
        for (const other of others) {
          expect(other.objects).toBe(task.objects)
          expect(other.instruction).not.toBe(task.instruction)
          expect(taskNumber(other)).toBeGreaterThanOrEqual(0)
        }
      }),
      RUNS,
    )
  })
})

describe('TASK_NAMES', () => {
  it('numbers forty tasks', () => {
    expect(new Set(TASK_NAMES).size).toBe(40)
    expect(TASK_NAMES[taskNumber(createTask('goal', 3))]).toBe('goal/brick-on-plate')
  })
})

describe('suite "spatial"', () => {
  it('has a twin of the target, and only the target stands where the words say', () => {
    fc.assert(
      fc.property(seeds, (seed) => {
        const task = createTask('spatial', seed)
        expect(relationHolds(task)).toBe(true)
        const [other] = alternativeTasks(task)
        expect(relationHolds(other)).toBe(true)
        const [a, b] = [task, other].map(({ objects, goals }) => objects[goals[0].object])
        expect([b.colour, b.shape]).toEqual([a.colour, a.shape])
        expect(b).not.toEqual(a)
      }),
      RUNS,
    )
  })

  it('knows left as seen by the front camera, which looks towards the arm', () => {
    const task = createTask('spatial', 0)
    const [{ object, landmark }] = task.goals
    expect(task.taskId).toBe('left-of-object')
    expect(task.objects[object].y).toBeLessThan(task.objects[landmark?.index ?? 0].y)
  })
})
