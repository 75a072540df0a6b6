import { appendFileSync, existsSync, mkdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { z } from 'zod'
import { deviceSchema, type DeviceInfo } from '../../src/core/schema/runRecord.ts'
import { unitKey, type UnitResult, unitResultSchema } from './units.ts'

/** Version of the journal format that this code writes and reads. */
export const JOURNAL_VERSION = 1

/** All that must be equal for results to belong together. */
const conditionsSchema = z.object({
  model: z.object({ id: z.string(), weightsSha256: z.string() }),
  executeSteps: z.int().positive(),
  /** Absent: each suite's own. */
  horizonSteps: z.int().positive().optional(),
  methodSeed: z.int(),
  /** Absent: native code. */
  backend: z.enum(['wasm']).optional(),
})

export type JournalConditions = z.infer<typeof conditionsSchema>

const sessionSchema = z.object({
  type: z.literal('session'),
  version: z.literal(JOURNAL_VERSION),
  conditions: conditionsSchema,
  /** Commit of the code that played what follows; absent outside a git checkout. */
  commit: z.string().optional(),
  device: deviceSchema,
  startedAt: z.string(),
})

type Session = z.infer<typeof sessionSchema>

const lineSchema = z.discriminatedUnion('type', [
  sessionSchema,
  z.object({ type: z.literal('unit'), result: unitResultSchema }),
])

/** What a journal holds. */
export interface JournalContent {
  results: Map<string, UnitResult>
  sessions: Session[]
}

/**
 * The file to which finished units are appended, one JSON object a line, so that a stopped run goes on where it was.
 * Each run that adds units begins with a line that names its conditions, commit and machine.
 */
export class Journal {
  readonly path: string
  readonly content: JournalContent
  private readonly conditions: JournalConditions
  private readonly lock: string

  private constructor(path: string, conditions: JournalConditions, lock: string) {
    this.path = path
    this.conditions = conditions
    this.lock = lock
    this.content = readJournal(path)
    for (const session of this.content.sessions) checkConditions(path, session.conditions, conditions)
  }

  /**
   * Opens or begins a journal for this process alone.
   * @throws if another process writes to it, if it was made under other conditions, or if a line is damaged
   */
  static open(path: string, conditions: JournalConditions): Journal {
    mkdirSync(dirname(path), { recursive: true })
    const lock = `${path}.lock`
    takeLock(lock, path)
    try {
      return new Journal(path, conditions, lock)
    } catch (error) {
      rmSync(lock, { force: true })
      throw error
    }
  }

  /** Says who plays the units that follow. */
  beginSession(device: DeviceInfo, commit: string | undefined): void {
    const session: Session = {
      type: 'session',
      version: JOURNAL_VERSION,
      conditions: this.conditions,
      ...(commit !== undefined && { commit }),
      device,
      startedAt: new Date().toISOString(),
    }
    this.content.sessions.push(session)
    this.append(session)
  }

  /** @throws if the file cannot be written */
  add(result: UnitResult): void {
    this.content.results.set(unitKey(result), result)
    this.append({ type: 'unit', result })
  }

  /** Lets other processes have the file. */
  close(): void {
    rmSync(this.lock, { force: true })
  }

  /** Closes and deletes the file. */
  remove(): void {
    rmSync(this.path, { force: true })
    this.close()
  }

  private append(line: object): void {
    appendFileSync(this.path, `${JSON.stringify(line)}\n`)
  }
}

/**
 * Reads a journal; none is an empty one. A last line that was cut off when its writer was killed is removed.
 * @throws with the number of the first damaged line
 */
export function readJournal(path: string): JournalContent {
  const content: JournalContent = { results: new Map(), sessions: [] }
  if (!existsSync(path)) return content
  const text = readFileSync(path, 'utf8')
  const complete = text.slice(0, text.lastIndexOf('\n') + 1)
  if (complete.length < text.length) truncateSync(path, Buffer.byteLength(complete))
  complete.split('\n').forEach((line, index) => {
    if (line === '') return
    const parsed = lineSchema.safeParse(parseJson(line))
    if (!parsed.success)
      throw new Error(`${path}: line ${index + 1} is not a line of a journal; delete the line or the file.`)
    if (parsed.data.type === 'session') content.sessions.push(parsed.data)
    else content.results.set(unitKey(parsed.data.result), parsed.data.result)
  })
  if (content.results.size > 0 && content.sessions.length === 0) throw new Error(`${path}: the first line is missing.`)
  return content
}

function parseJson(line: string): unknown {
  try {
    return JSON.parse(line)
  } catch {
    return undefined
  }
}

function checkConditions(path: string, found: JournalConditions, wanted: JournalConditions): void {
  const texts = [found, wanted].map(({ model, executeSteps, horizonSteps, methodSeed, backend = 'node' }) =>
    [
      `model ${model.id} ${model.weightsSha256.slice(0, 12)}`,
      `--execute ${executeSteps}`,
      `--horizon ${horizonSteps ?? 'of the suite'}`,
      `--method-seed ${methodSeed}`,
      `--backend ${backend}`,
    ].join(', '),
  )
  if (texts[0] === texts[1]) return
  throw new Error(`${path} was begun with ${texts[0]}, not with ${texts[1]}; name another --journal.`)
}

/** @throws if the process that holds the lock still runs */
function takeLock(lock: string, path: string): void {
  for (let attempt = 0; attempt < 2; attempt++) {
    try {
      writeFileSync(lock, String(process.pid), { flag: 'wx' })
      return
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
      const owner = Number(readFileSync(lock, 'utf8'))
      if (owner !== process.pid && isRunning(owner)) break
      rmSync(lock, { force: true })
    }
  }
  throw new Error(`${path}: another run writes to this journal; wait for it or name another --journal.`)
}

function isRunning(pid: number): boolean {
  try {
    return pid > 0 && process.kill(pid, 0)
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}
