import { z } from 'zod'
import { type AttentionFile, attentionFileSchema, ATTENTION_VERSION } from './attention.ts'
import { type Comparison, parseComparison } from './comparison.ts'
import { readNamedJson } from './namedFile.ts'

/** A file of results that the page shows. */
export type ResultFile = Comparison | AttentionFile

const headerSchema = z.object({ kind: z.string(), version: z.number() })

/**
 * Reads a comparison or a file of attention measurements from text.
 * @throws an Error that begins with the file's name and says what is wrong
 */
export function readResult(fileName: string, text: string): ResultFile {
  return readNamedJson(fileName, text, parseResult)
}

function parseResult(json: unknown): ResultFile {
  const header = headerSchema.safeParse(json)
  if (!header.success) {
    throw new Error('not a result of "specprune compare" or "specprune evidence": it has no kind and version.')
  }
  const { kind, version } = header.data
  if (kind === 'comparison') return parseComparison(json)
  if (kind === 'sweep') throw new Error('this is a sweep. Open it in the tab Sweep, or drop it on the page.')
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
