import { parseRunRecord, type RunRecord } from '../../core/schema/runRecord.ts'

/** Files larger than this are refused: no run of this page comes near, and parsing would freeze it. */
export const MAX_RUN_FILE_BYTES = 64 * 1024 * 1024

/** Decimal places of times in run files, ms: a clock tick of an isolated page. */
const TIME_DECIMALS = 3

/**
 * Reads a run record from the text of a file.
 * @throws an Error that begins with the file's name and says what is wrong
 */
export function readRunFile(fileName: string, text: string): RunRecord {
  if (text.length > MAX_RUN_FILE_BYTES) {
    throw new Error(`${fileName}: ${Math.round(text.length / 1e6)} MB is too large for a run record (64 MB).`)
  }
  let json: unknown
  try {
    json = JSON.parse(text)
  } catch {
    throw new Error(`${fileName}: the file is not JSON. It may be cut off; download or export it again.`)
  }
  try {
    return parseRunRecord(json)
  } catch (error) {
    throw new Error(`${fileName}: ${error instanceof Error ? error.message : String(error)}`, { cause: error })
  }
}

/** The text of a run file: JSON in one line, times rounded to a microsecond. */
export function writeRunFile(run: RunRecord): string {
  const isTime = (key: string) => key.endsWith('Ms')
  const text = JSON.stringify(run, (key, value: unknown) => {
    if (typeof value === 'number' && isTime(key)) return round(value)
    if (key === 'stagesMs' && typeof value === 'object' && value !== null) {
      return Object.fromEntries(Object.entries(value).map(([stage, ms]) => [stage, round(Number(ms))]))
    }
    return value
  })
  return `${text}\n`
}

function round(value: number): number {
  return Number(value.toFixed(TIME_DECIMALS))
}
