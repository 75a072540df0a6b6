import type { Download, Page } from '@playwright/test'
import { readFile } from 'node:fs/promises'

/** Drops a file in the middle of the page, as a person drags it from a folder. */
export async function dropFile(page: Page, name: string, type: string, content: Buffer | string): Promise<void> {
  const base64 = Buffer.from(content).toString('base64')
  await page.evaluate(
    ({ name: fileName, type: mimeType, base64: text }) => {
      const bytes = Uint8Array.from(atob(text), (character) => character.charCodeAt(0))
      const dataTransfer = new DataTransfer()
      dataTransfer.items.add(new File([bytes], fileName, { type: mimeType }))
      const target = document.elementFromPoint(innerWidth / 2, innerHeight / 2) ?? document.body
      for (const kind of ['dragenter', 'dragover', 'drop']) {
        target.dispatchEvent(new DragEvent(kind, { dataTransfer, bubbles: true, cancelable: true }))
      }
    },
    { name, type, base64 },
  )
}

/** The file that an action saves. */
export async function savedFile(page: Page, action: () => Promise<void>): Promise<{ name: string; bytes: Buffer }> {
  const [download] = await Promise.all([page.waitForEvent('download'), action()])
  return { name: download.suggestedFilename(), bytes: await contentOf(download) }
}

async function contentOf(download: Download): Promise<Buffer> {
  return readFile(await download.path())
}

/** Rows of comma-separated values, the heading first. Cells of this page hold no line ends. */
export function csvRows(bytes: Buffer): string[][] {
  return bytes
    .toString('utf8')
    .trim()
    .split(/\r?\n/)
    .map((line) =>
      [...line.matchAll(/(?:^|,)(?:"((?:[^"]|"")*)"|([^,"]*))/g)].map(([, quoted, plain]) =>
        (quoted ?? plain ?? '').replaceAll('""', '"'),
      ),
    )
}
