import { openDB, type DBSchema, type IDBPDatabase } from 'idb'
import { runRecordSchema, type RunRecord } from '../../core/schema/runRecord.ts'
import { readKept } from './sweep.ts'
import type { KeptSweep, SweepCell, SweepPlan } from './sweep.ts'

/** A finished cell with its run, from which the chart of everything tried is drawn. */
export interface KeptCell {
  cell: SweepCell
  /** Without scores; absent for a failed cell. */
  run?: RunRecord
}

/** Keeps one sweep, cell by cell, so that a closed page loses only the cell under way. */
export interface SweepKeeper {
  /** False where storage is forbidden: then a sweep lasts as long as the page. */
  persistent: boolean
  /** The sweep of an earlier visit; undefined if there is none that this page can read. */
  read(): Promise<{ sweep: KeptSweep; cells: readonly KeptCell[] } | undefined>
  /** Keeps a sweep in place of the one before. */
  begin(plan: SweepPlan, cells: readonly KeptCell[]): Promise<void>
  add(planId: string, cell: KeptCell): Promise<void>
  /** Remembers that the reader ended the sweep. */
  abort(plan: SweepPlan): Promise<void>
}

interface Schema extends DBSchema {
  plans: { key: string; value: { plan: SweepPlan; aborted: boolean } }
  cells: { key: [planId: string, index: number]; value: KeptCell }
}

const DATABASE = 'specprune-sweeps'

/** Opens the browser's persistent store; where storage is forbidden (private windows), one that keeps nothing. */
export async function openSweepKeeper(): Promise<SweepKeeper> {
  try {
    const database = await openDB<Schema>(DATABASE, 1, {
      upgrade(upgraded) {
        upgraded.createObjectStore('plans')
        upgraded.createObjectStore('cells')
      },
    })
    return persistentKeeper(database)
  } catch {
    const nothing = () => Promise.resolve()
    return { persistent: false, read: () => Promise.resolve(undefined), begin: nothing, add: nothing, abort: nothing }
  }
}

function persistentKeeper(database: IDBPDatabase<Schema>): SweepKeeper {
  return {
    persistent: true,
    async read() {
      const kept = (await database.getAll('plans')).at(-1)
      if (!kept) return undefined
      const own = IDBKeyRange.bound([kept.plan.id, 0], [kept.plan.id, Number.MAX_SAFE_INTEGER])
      const cells = await database.getAll('cells', own)
      const sweep = readKept({ ...kept, cells: cells.map(({ cell }) => cell) })
      return sweep && { sweep, cells: cells.map(withReadableRun) }
    },
    async begin(plan, cells) {
      const transaction = database.transaction(['plans', 'cells'], 'readwrite')
      const [plans, kept] = [transaction.objectStore('plans'), transaction.objectStore('cells')]
      await Promise.all([
        plans.clear(),
        kept.clear(),
        plans.put({ plan, aborted: false }, plan.id),
        ...cells.map((each) => kept.put(each, [plan.id, each.cell.index])),
        transaction.done,
      ])
    },
    async add(planId, cell) {
      await database.put('cells', cell, [planId, cell.cell.index])
    },
    async abort(plan) {
      await database.put('plans', { plan, aborted: true }, plan.id)
    },
  }
}

/** Without its run if another version of the page wrote it in another form. */
function withReadableRun({ cell, run }: KeptCell): KeptCell {
  const read = runRecordSchema.safeParse(run)
  return read.success ? { cell, run: read.data } : { cell }
}
