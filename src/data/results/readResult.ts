import { z } from 'zod'
import { type AttentionFile, attentionFileSchema, ATTENTION_VERSION } from './attention.ts'
import { type Comparison, parseComparison } from './comparison.ts'

/** A file of results that the page shows. */
export type ResultFile = Comparison | AttentionFile

const headerSchema = z.object({ kind: z.string(), version: z.number() })

/**
 * Reads a comparison or a file of attention measurements from text.
 * @throws an Error that begins with the file's name and says what is wrong
 */
export function readResult(fileName: string, text: string): ResultFile {
  try {
    return parseResult(parseJson(text))
  } catch (error) {
    throw new Error(`${fileName}: ${error instanceof Error ? error.message : String(error)}`, { cause: error })
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch (error) {
    throw new Error('the file is not JSON. It may be cut off; download or make it again.', { cause: error })
  }
}

function parseResult(json: unknown): ResultFile {
  const header = headerSchema.safeParse(json)
  if (!header.success) {
    throw new Error('not a result of "specprune compare" or "specprune evidence": it has no kind and version.')
  }
  const { kind, version } = header.data
  if (kind === 'comparison') return parseComparison(json)
  if (kind !== 'attention') throw new Error(`results of the kind "${kind}" are not known to this page.`)
  if (version > ATTENTION_VERSION) {
    throw new Error(
      `format version ${version}; this page reads up to ${ATTENTION_VERSION}. Reload the page to update it.`,
    )
  }
  const result = attentionFileSchema.safeParse(json)
  if (result.success) return result.data
  const issue = result.error.issues[0]
  throw new Error(`${issue.path.join('.') || 'the file'}: ${issue.message}.`)
}
