import type { TextTable } from '../../core/report/tables.ts'

/** What a report holds. */
export interface Report {
  title: string
  /** One line: method, instruction, device, model. */
  caption: string
  /** The figure as SVG; undefined if there is none. */
  figure: string | undefined
  tables: readonly TextTable[]
  methods: string
  bibtex: string
  /** Address that opens the view in the page. */
  link: string
}

const STYLE = `body{font:15px/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem;color:#1a1d21;background:#fff}
h1{font-size:1.4rem}h2{font-size:1.1rem;margin-top:2rem}svg{max-width:100%;height:auto}
.wide{overflow-x:auto}table{border-collapse:collapse;font-variant-numeric:tabular-nums;font-size:.85rem}
caption{text-align:left;color:#444;padding-bottom:.3rem}th,td{padding:.15rem .6rem;border-bottom:1px solid #ccd;text-align:right}
th:first-child,td:first-child{text-align:left}pre{white-space:pre-wrap;background:#f4f5f7;padding:.8rem}`

/** A report as one HTML file: it loads nothing, runs nothing, and reads the same without a network. */
export function htmlReport({ title, caption, figure, tables, methods, bibtex, link }: Report): string {
  return [
    '<!doctype html>',
    '<html lang="en">',
    '<head>',
    '<meta charset="utf-8">',
    `<meta http-equiv="Content-Security-Policy" content="default-src 'none'; img-src data:; style-src 'unsafe-inline'">`,
    '<meta name="viewport" content="width=device-width">',
    `<title>${escapeHtml(title)}</title>`,
    `<style>${STYLE}</style>`,
    '</head>',
    '<body>',
    `<h1>${escapeHtml(title)}</h1>`,
    `<p>${escapeHtml(caption)}</p>`,
    figure ?? '',
    `<p><a href="${escapeHtml(link)}">Open this view</a></p>`,
    '<h2>Numbers</h2>',
    ...tables.map(htmlTable),
    '<h2>Methods</h2>',
    `<p>${escapeHtml(methods)}</p>`,
    '<h2>Citations</h2>',
    `<pre>${escapeHtml(bibtex)}</pre>`,
    '</body>',
    '</html>',
    '',
  ].join('\n')
}

function htmlTable({ caption, columns, rows }: TextTable): string {
  const cells = (tag: 'th' | 'td', texts: readonly string[]) =>
    `<tr>${texts.map((text) => `<${tag}>${escapeHtml(text)}</${tag}>`).join('')}</tr>`
  const body = rows.map((row) => cells('td', row)).join('\n')
  return `<div class="wide"><table><caption>${escapeHtml(caption)}</caption>\n<thead>${cells('th', columns)}</thead>\n<tbody>\n${body}\n</tbody></table></div>`
}

function escapeHtml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;')
}
