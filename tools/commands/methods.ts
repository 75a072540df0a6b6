import type { Citation, RemovalKind, SelectorDefinition } from '../../src/core/pruning/contract.ts'
import {
  describeParameters,
  formatParameterText,
  type ParameterDescription,
  type ParameterValue,
} from '../../src/core/pruning/parameters.ts'
import type { CommandIo } from '../cli/io.ts'

/** A method as `methods --json` prints it. */
export interface ListedMethod {
  id: string
  title: string
  summary: string
  /** What happens to the tokens that it does not keep. */
  removal: RemovalKind
  citation: Citation
  presets: { id: string; title: string; citation: Citation; values: Readonly<Record<string, ParameterValue>> }[]
  parameters: ParameterDescription[]
}

/** Prints methods: a table, all about one, or one JSON object. */
export function listMethods(definitions: readonly SelectorDefinition[], json: boolean, io: CommandIo): void {
  const methods = definitions.map(describeMethod)
  if (json) io.output(`${JSON.stringify({ methods }, undefined, 2)}\n`)
  else io.output(methods.length === 1 ? methodText(methods[0]) : methodTable(methods))
}

function describeMethod(definition: SelectorDefinition): ListedMethod {
  const { id, title, summary, removal, citation, presets, parameters } = definition
  return {
    id,
    title,
    summary,
    removal,
    citation,
    presets: presets.map((preset) => ({
      id: preset.id,
      title: preset.title,
      citation: preset.citation,
      values: preset.values as Record<string, ParameterValue>,
    })),
    parameters: describeParameters(parameters),
  }
}

function methodTable(methods: readonly ListedMethod[]): string {
  const rows = methods.map(({ id, title, removal, citation, presets }) => [
    id,
    title,
    removal,
    citation.source || citation.title.toLowerCase(),
    presets.map((preset) => preset.id).join(', ') || '-',
  ])
  return `${table([['METHOD', 'TITLE', 'KIND', 'SOURCE', 'PRESETS'], ...rows])}\nParameters: specprune methods <method>\n`
}

function methodText({ title, summary, citation, presets, parameters }: ListedMethod): string {
  const source = [citation.title, citation.source, citation.url].filter(Boolean).join(', ')
  const head = `${title}\n${summary}\n${source}\n`
  const named = presets.map(({ id, title: name, values }) => [id, name, valuesText(values)])
  const rows = parameters.map((parameter) => [
    parameter.name,
    formatParameterText(parameter.default),
    rangeText(parameter),
    `${parameter.title}. ${parameter.help}`,
  ])
  return [
    head,
    ...(named.length > 0 ? [table([['PRESET', 'TITLE', 'VALUES'], ...named])] : []),
    ...(rows.length > 0 ? [table([['PARAMETER', 'DEFAULT', 'RANGE', 'MEANING'], ...rows])] : []),
  ].join('\n')
}

function valuesText(values: Readonly<Record<string, ParameterValue>>): string {
  const texts = Object.entries(values).map(([name, value]) => `${name}=${formatParameterText(value)}`)
  return texts.join(' ') || 'the defaults'
}

function rangeText(parameter: ParameterDescription): string {
  switch (parameter.kind) {
    case 'number':
      return `${parameter.min} ... ${parameter.max}`
    case 'boolean':
      return 'true, false'
    case 'choice':
      return parameter.options.join(', ')
    case 'layers':
      return `layers 1 ... ${parameter.max}`
  }
}

/** Columns as wide as their widest cell; the last one is not padded. */
function table(rows: readonly (readonly string[])[]): string {
  const widths = rows[0].map((_, column) => Math.max(...rows.map((row) => row[column].length)))
  const line = (row: readonly string[]): string => row.map((cell, column) => cell.padEnd(widths[column])).join('  ')
  return rows.map((row) => `${line(row).trimEnd()}\n`).join('')
}
