import { describe, expect, it } from 'vitest'
import fc from 'fast-check'
import { decodeBase64 } from '../schema/base64.ts'
import { toCsv } from './csv.ts'
import { PNG_LINK_KEYWORD, readPngText, withPngText } from './pngText.ts'
import { escapeLatex, toLatex, toMarkdown } from './tables.ts'

describe('toCsv', () => {
  it('quotes what would break a line and leaves missing values empty', () => {
    expect(
      toCsv(
        ['a', 'b'],
        [
          [1, 'x, "y"'],
          [undefined, 'line\nbreak'],
        ],
      ),
    ).toBe('a,b\r\n1,"x, ""y"""\r\n,"line\nbreak"\r\n')
  })
})

describe('tables', () => {
  const table = { caption: 'Keep 50 %', columns: ['Method', 'Gain'], rows: [['a_b | c', '1.5×']] }

  it('are Markdown', () => {
    expect(toMarkdown(table)).toBe('| Method | Gain |\n| --- | ---: |\n| a_b \\| c | 1.5× |\n')
  })

  it('are LaTeX that compiles: special characters are escaped', () => {
    const latex = toLatex(table)
    expect(latex).toContain('\\caption{Keep 50 \\%}')
    expect(latex).toContain('\\begin{tabular}{lr}')
    expect(latex).toContain('  a\\_b | c & 1.5$\\times$ \\\\')
    expect(escapeLatex('\\{~')).toBe('\\textbackslash{}\\{\\textasciitilde{}')
  })
})

describe('text in a PNG', () => {
  // One pixel, written by Python's zlib.
  const png = decodeBase64(
    'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAIAAACQd1PeAAAADElEQVR4nGNgZGIGAAAOAAfXb+R4AAAAAElFTkSuQmCC',
  )

  it('comes back, and the picture stays', () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[ -~]{0,300}$/), (text) => {
        const tagged = withPngText(png, PNG_LINK_KEYWORD, text)
        expect(readPngText(tagged, PNG_LINK_KEYWORD)).toBe(text)
        expect(tagged.length).toBe(png.length + 12 + PNG_LINK_KEYWORD.length + 1 + text.length)
      }),
    )
  })

  it('has the checksum that PNG asks for', () => {
    // zlib.crc32 of "tEXtspecprune-link\\0v=1" with Python.
    const tagged = withPngText(png, PNG_LINK_KEYWORD, 'v=1')
    const at = 8 + 25 + 8 + PNG_LINK_KEYWORD.length + 4
    expect(new DataView(tagged.buffer).getUint32(at)).toBe(216975668)
  })

  it('is not found where there is none', () => {
    expect(readPngText(png, PNG_LINK_KEYWORD)).toBeUndefined()
    expect(readPngText(Uint8Array.of(1, 2, 3), PNG_LINK_KEYWORD)).toBeUndefined()
    expect(() => withPngText(Uint8Array.of(1), PNG_LINK_KEYWORD, '')).toThrow('not a PNG')
  })
})
