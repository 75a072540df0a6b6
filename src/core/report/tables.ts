/** A table with text in every cell; the first column is aligned to the left, the others to the right. */
export interface TextTable {
  caption: string
  columns: readonly string[]
  rows: readonly (readonly string[])[]
}

/** A table in GitHub's Markdown. */
export function toMarkdown({ columns, rows }: TextTable): string {
  const line = (cells: readonly string[]) => `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`
  const rule = `| ${columns.map((_, i) => (i === 0 ? '---' : '---:')).join(' | ')} |`
  return [line(columns), rule, ...rows.map(line)].join('\n') + '\n'
}

/** A table in LaTeX with the rules of the package booktabs. */
export function toLatex({ caption, columns, rows }: TextTable): string {
  const line = (cells: readonly string[]) => `  ${cells.map(escapeLatex).join(' & ')} \\\\`
  return [
    '% needs \\usepackage{booktabs}',
    '\\begin{table}',
    '  \\centering',
    `  \\caption{${escapeLatex(caption)}}`,
    `  \\begin{tabular}{l${'r'.repeat(columns.length - 1)}}`,
    '  \\toprule',
    line(columns),
    '  \\midrule',
    ...rows.map(line),
    '  \\bottomrule',
    '  \\end{tabular}',
    '\\end{table}',
    '',
  ].join('\n')
}

const LATEX: Readonly<Record<string, string>> = {
  '\\': '\\textbackslash{}',
  '~': '\\textasciitilde{}',
  '^': '\\textasciicircum{}',
  '×': '$\\times$',
  '±': '$\\pm$',
  '°': '$^\\circ$',
  '–': '--',
}

/** Text as LaTeX prints it. */
export function escapeLatex(text: string): string {
  return text.replace(/[\\~^×±°–]|[&%$#_{}]/g, (character) => LATEX[character] ?? `\\${character}`)
}
