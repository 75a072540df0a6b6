// Fails if the JavaScript that a visitor waits for grows over the budget: what index.html names, and what that imports
// statically. Workers, the runtime and panels that open later are loaded on demand and do not count.
import './node-version.mjs'
import { readFileSync } from 'node:fs'
import { join, posix } from 'node:path'
import { pathToFileURL } from 'node:url'
import * as zlib from 'node:zlib'
import { DIST } from './project.mjs'

/** Decimal kilobytes, gzip. React, the schemas and the page itself take most of it. */
const BUDGET_KB = 300

/**
 * The modules that a page loads before it can start, in order of discovery.
 * @param {string} html
 * @param {(path: string) => string[]} staticImports of a module, as written in it
 * @returns {string[]} paths relative to the page
 */
export function initialModules(html, staticImports) {
  const tags = html.match(/<(?:script|link)\b[^>]*>/g) || []
  const roots = tags.flatMap((tag) => {
    const isModule = tag.startsWith('<script') ? /\bsrc=/.test(tag) : /\brel="?modulepreload\b/.test(tag)
    const address = /\b(?:src|href)="([^"]+)"/.exec(tag)
    return isModule && address !== null ? [posix.normalize(address[1])] : []
  })
  const seen = new Set(roots)
  // A Set hands out what is added while it is walked.
  for (const path of seen) {
    for (const specifier of staticImports(path)) {
      if (/^\.{0,2}\//.test(specifier)) seen.add(posix.normalize(posix.join(posix.dirname(path), specifier)))
    }
  }
  return [...seen]
}

async function main() {
  // TypeScript is at hand and parses minified modules exactly, which a regular expression does not.
  const { default: ts } = await import('typescript')
  /** @param {string} path */
  const staticImports = (path) => {
    const source = ts.createSourceFile(path, readFileSync(join(DIST, path), 'utf8'), ts.ScriptTarget.ESNext)
    return source.statements.flatMap((statement) =>
      (ts.isImportDeclaration(statement) || ts.isExportDeclaration(statement)) &&
      statement.moduleSpecifier !== undefined &&
      ts.isStringLiteral(statement.moduleSpecifier)
        ? [statement.moduleSpecifier.text]
        : [],
    )
  }
  const modules = initialModules(readFileSync(join(DIST, 'index.html'), 'utf8'), staticImports)
  if (modules.length === 0)
    throw new Error('dist/index.html names no script: the budget would be met by an empty page.')

  let totalKb = 0
  for (const path of modules) {
    const kb = zlib.gzipSync(readFileSync(join(DIST, path)), { level: 9 }).length / 1000
    totalKb += kb
    console.log(`${kb.toFixed(1).padStart(8)} kB  ${path}`)
  }
  const verdict = totalKb <= BUDGET_KB ? 'within' : 'OVER'
  console.log(
    `${totalKb.toFixed(1).padStart(8)} kB  initial JavaScript (gzip), ${verdict} the budget of ${BUDGET_KB} kB`,
  )
  if (totalKb > BUDGET_KB) process.exit(1)
}

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href) {
  main().catch((error) => {
    console.error(error instanceof Error ? error.message : error)
    process.exit(1)
  })
}
