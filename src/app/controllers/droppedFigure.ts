import { PNG_LINK_KEYWORD, readPngText } from '../../core/report/pngText.ts'
import { useNoticeStore } from '../../stores/noticeStore.ts'

/** Larger files are no figure of this page. */
const MAX_BYTES = 40e6

/** A figure that was exported here and is dropped on the page opens the view that it was made from. */
export function openDroppedFigures(): void {
  window.addEventListener('dragover', (event) => {
    if (event.dataTransfer?.types.includes('Files')) event.preventDefault()
  })
  window.addEventListener('drop', (event) => {
    const file = [...(event.dataTransfer?.files ?? [])].find(isPicture)
    if (!file || event.defaultPrevented) return
    event.preventDefault()
    void openFigure(file)
  })
}

/** Opens the link that a PNG or SVG of this page carries, or says that it carries none. */
export async function openFigure(file: File): Promise<void> {
  const fragment = await readFigureLink(file)
  if (fragment !== undefined) {
    window.location.hash = fragment
    return
  }
  useNoticeStore.getState().show({
    id: 'figure',
    title: 'This picture does not hold a view',
    lines: [`${file.name} was not exported from this page, or a program that saved it again left the view out.`],
  })
}

/** The link in a figure's metadata; undefined if there is none. */
export async function readFigureLink(file: File): Promise<string | undefined> {
  if (file.size > MAX_BYTES) return undefined
  const bytes = new Uint8Array(await file.arrayBuffer())
  const inPng = readPngText(bytes, PNG_LINK_KEYWORD)
  if (inPng !== undefined || !file.name.endsWith('.svg')) return inPng
  const svg = new DOMParser().parseFromString(new TextDecoder().decode(bytes), 'image/svg+xml')
  return svg.querySelector('metadata > specprune-link')?.textContent ?? undefined
}

function isPicture({ type, name }: File): boolean {
  return type === 'image/png' || type === 'image/svg+xml' || /\.(png|svg)$/i.test(name)
}
