import { type FileMetaData, parquetMetadata, parquetReadObjects, parquetSchema } from 'hyparquet'
import { EpisodeError } from '../episodeSource.ts'

/** Rows of a parquet file; values are unknown until one of the functions below has checked them. */
export interface ParquetRows {
  /** Path, for messages. */
  file: string
  rows: readonly Record<string, unknown>[]
}

/** Reads the footer of a parquet file. @throws EpisodeError `corrupt` */
function readFooter(file: string, buffer: ArrayBuffer): FileMetaData {
  try {
    return parquetMetadata(buffer)
  } catch (error) {
    throw new EpisodeError(
      'corrupt',
      file,
      `is not a whole parquet file (${buffer.byteLength} bytes). Download the dataset again.`,
      { cause: error },
    )
  }
}

/**
 * Reads columns of a parquet file. int64 arrives as BigInt; binary columns as bytes.
 * @param options.columns leave out for all; those that are not in the file raise `missing-column`
 * @param options.optional columns that are read when the file has them
 * @throws EpisodeError
 */
export async function readParquet(
  file: string,
  buffer: ArrayBuffer,
  options: { columns?: readonly string[]; optional?: readonly string[]; rowStart?: number; rowEnd?: number } = {},
): Promise<ParquetRows> {
  const metadata = readFooter(file, buffer)
  const present = new Set(parquetSchema(metadata).children.map((child) => child.element.name))
  const absent = options.columns?.find((column) => !present.has(column))
  if (absent !== undefined) throw missingColumn(file, absent, [...present])
  const columns = options.columns && [
    ...options.columns,
    ...(options.optional ?? []).filter((name) => present.has(name)),
  ]
  const { rowStart = 0, rowEnd = Number(metadata.num_rows) } = options
  if (rowEnd > Number(metadata.num_rows)) {
    throw new EpisodeError(
      'corrupt',
      file,
      `has ${metadata.num_rows} rows, row ${rowEnd} is needed. The dataset is incomplete.`,
    )
  }
  try {
    const rows: Record<string, unknown>[] = await parquetReadObjects({
      file: buffer,
      metadata,
      columns,
      rowStart,
      rowEnd,
      utf8: false,
    })
    return { file, rows }
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    throw new EpisodeError('corrupt', file, `cannot be decoded (${reason}). Download the dataset again.`, {
      cause: error,
    })
  }
}

/** The error for a column that a file lacks. */
export function missingColumn(file: string, column: string, present: readonly string[]): EpisodeError {
  return new EpisodeError('missing-column', file, `has no column "${column}". Its columns: ${present.join(', ')}.`)
}

/** Whether the rows hold a column. */
export function hasColumn({ rows }: ParquetRows, column: string): boolean {
  return rows.length > 0 && rows[0][column] !== undefined
}

/** A scalar as a number; BigInt and booleans included. */
function toNumber(value: unknown): number | undefined {
  if (typeof value === 'number') return value
  if (typeof value === 'bigint') return Number(value)
  if (typeof value === 'boolean') return value ? 1 : 0
  return undefined
}

function wrongShape(file: string, column: string, row: number, expected: string): EpisodeError {
  return new EpisodeError(
    'wrong-shape',
    file,
    `column "${column}", row ${row}: expected ${expected}. Record the dataset again.`,
  )
}

/**
 * A column of numbers, or of lists of `width` numbers, in one flat array.
 * @throws EpisodeError `wrong-shape` for another width, for nulls and for things that are not numbers
 */
export function numberColumn<T extends Float32Array | Float64Array | Int32Array | Uint8Array>(
  { file, rows }: ParquetRows,
  column: string,
  width: number,
  create: (length: number) => T,
): T {
  const result = create(rows.length * width)
  rows.forEach((row, i) => {
    const value = row[column]
    const list = Array.isArray(value) || ArrayBuffer.isView(value) ? (value as ArrayLike<unknown>) : [value]
    const found = value === undefined || value === null ? 'none' : String(list.length)
    if (list.length !== width) throw wrongShape(file, column, i, `${width} numbers, found ${found}`)
    for (let k = 0; k < width; k++) {
      const number = toNumber(list[k])
      if (number === undefined) throw wrongShape(file, column, i, width === 1 ? 'a number' : `${width} numbers`)
      result[i * width + k] = number
    }
  })
  return result
}

/** A column of text. @throws EpisodeError `wrong-shape` */
export function textColumn({ file, rows }: ParquetRows, column: string): string[] {
  return rows.map((row, i) => {
    const value = row[column]
    if (typeof value !== 'string') throw wrongShape(file, column, i, 'text')
    return value
  })
}

/** A column of lists of text. @throws EpisodeError `wrong-shape` */
export function textListColumn({ file, rows }: ParquetRows, column: string): string[][] {
  return rows.map((row, i) => {
    const value = row[column]
    if (!Array.isArray(value) || value.some((text) => typeof text !== 'string')) {
      throw wrongShape(file, column, i, 'a list of texts')
    }
    return value as string[]
  })
}

/** The encoded bytes of an image column. @throws EpisodeError `wrong-shape`, or `unsupported-feature` for bare paths */
export function imageColumn({ file, rows }: ParquetRows, column: string): Uint8Array[] {
  return rows.map((row, i) => {
    const value = row[column]
    const bytes = typeof value === 'object' && value !== null && 'bytes' in value ? value.bytes : undefined
    if (bytes instanceof Uint8Array) return bytes
    if (typeof value === 'object' && value !== null && 'path' in value && typeof value.path === 'string') {
      throw new EpisodeError(
        'unsupported-feature',
        file,
        `column "${column}" refers to separate image files. Embed the images in the parquet files.`,
      )
    }
    throw wrongShape(file, column, i, 'an encoded image')
  })
}
