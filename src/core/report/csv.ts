/** Rows as comma-separated values (RFC 4180): text with commas, quotes or line breaks is quoted. */
export function toCsv(columns: readonly string[], rows: readonly (readonly (string | number | undefined)[])[]): string {
  const line = (cells: readonly (string | number | undefined)[]) => cells.map(escapeCell).join(',')
  return [columns, ...rows].map(line).join('\r\n') + '\r\n'
}

function escapeCell(cell: string | number | undefined): string {
  const text = cell === undefined ? '' : String(cell)
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}
