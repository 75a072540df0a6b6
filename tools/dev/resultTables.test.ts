import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { ROOT } from '../cli/project.ts'
import { resultTables } from './resultTables.ts'

it('finds in the documents the numbers of the files that the page shows', () => {
  const written = readFileSync(join(ROOT, 'docs/results/tables.md'), 'utf8')
  expect(written).toBe(resultTables(join(ROOT, 'public/results')))
})
