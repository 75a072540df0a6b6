import { useNoticeStore } from '../../stores/noticeStore.ts'
import { useResultFilesStore } from '../../stores/resultFilesStore.ts'
import { useViewStore } from '../../stores/viewStore.ts'

/** A result file or a saved sweep that is dropped anywhere on the page opens in its tab. */
export function openDroppedResults(): void {
  window.addEventListener('drop', (event) => {
    const files = [...(event.dataTransfer?.files ?? [])].filter(({ name }) => /\.json$/i.test(name))
    if (files.length === 0 || event.defaultPrevented) return
    event.preventDefault()
    void openResults(files)
  })
}

/**
 * Any other file is refused: the browser would leave the page to show it. Listens after all who open files.
 */
export function refuseOtherFiles(): void {
  window.addEventListener('drop', (event) => {
    const file = event.dataTransfer?.files.item(0)
    if (!file || event.defaultPrevented) return
    event.preventDefault()
    useNoticeStore.getState().show({
      id: 'dropped-file',
      title: 'This page does not open such a file',
      lines: [
        `${file.name}: drop a result or a saved sweep (.json), a figure that was exported here (.png, .svg) or a selector of your own (.js).`,
      ],
    })
  })
}

async function openResults(files: readonly File[]): Promise<void> {
  const sweeps: File[] = []
  const results: File[] = []
  for (const file of files) ((await isSweep(file)) ? sweeps : results).push(file)
  // The schemas of files are code of their tabs: a visitor without files does not wait for them.
  if (results.length > 0) {
    useViewStore.getState().setTab('results')
    const { readFiles } = await import('../../features/results/loadResults.ts')
    useResultFilesStore.getState().add(await readFiles(results))
  }
  if (sweeps.length > 0) {
    useViewStore.getState().setTab('sweep')
    const { openSweepFiles } = await import('../../features/sweep/openFiles.ts')
    await openSweepFiles(sweeps)
  }
}

/** Bytes within which a saved sweep says what it is. */
const HEAD_BYTES = 400

/** By its first words, so that a file that was cut off opens where its fault is explained. */
async function isSweep(file: File): Promise<boolean> {
  return /"kind"\s*:\s*"sweep"/.test(await file.slice(0, HEAD_BYTES).text())
}
