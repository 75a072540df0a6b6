import { splitWords } from '../core/tokens/instruction.ts'
import { alternativeTasks, createTask, SUITE_IDS, type SuiteId, type TaskDefinition, WORDINGS } from './tasks.ts'

/** Which episode begins. */
export interface EpisodeStart {
  suite: string
  seed: number
  /** The policy's instruction in other words than the task's own. */
  instruction?: string
  /** Control steps after which it counts as failed; the suite's own number without it. */
  horizonSteps?: number
}

/** A task with the instruction that the policy is given. */
export interface InstructedTask {
  task: TaskDefinition
  /** Whether success can be judged: the instruction is one that the scene has a goal for. */
  judged: boolean
}

/** Ids of all suites, in the order of their registry. */
export function suiteIds(): readonly SuiteId[] {
  return SUITE_IDS
}

/** The suite with an id. @throws with the ids that there are */
export function suiteOf(id: string): SuiteId {
  const found = suiteIds().find((candidate) => candidate === id)
  if (found === undefined) throw new Error(`There is no suite "${id}". Suites: ${suiteIds().join(', ')}.`)
  return found
}

/** The task of a start; the words of another task of the same scene make that task the goal. */
export function instructedTask({ suite, seed, instruction }: EpisodeStart): InstructedTask {
  return instruct(createTask(suiteOf(suite), seed), instruction)
}

/** Gives a task another instruction. @param text undefined or equal words: the task as it is */
export function instruct(task: TaskDefinition, text: string | undefined): InstructedTask {
  const wanted = normalised(text ?? task.instruction)
  if (wanted === normalised(task.instruction)) return { task, judged: true }
  const inOtherWords = WORDINGS.map((wording) => createTask(task.suite, task.seed, wording))
  const known = [...inOtherWords, ...alternativeTasks(task)].find((other) => normalised(other.instruction) === wanted)
  return known ? { task: known, judged: true } : { task: { ...task, instruction: wanted }, judged: false }
}

function normalised(text: string): string {
  return splitWords(text).join(' ')
}
