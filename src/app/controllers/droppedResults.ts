import { useNoticeStore } from '../../stores/noticeStore.ts'
import { useResultFilesStore } from '../../stores/resultFilesStore.ts'
import { useViewStore } from '../../stores/viewStore.ts'

/** A result file that is dropped anywhere on the page opens in the tab of results. */
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
        `${file.name}: drop a result (.json), a figure that was exported here (.png, .svg) or a selector of your own (.js).`,
      ],
    })
  })
}

async function openResults(files: readonly File[]): Promise<void> {
  useViewStore.getState().setTab('results')
  // The schemas of result files are code of that tab: a visitor without files does not wait for them.
  const { readFiles } = await import('../../features/results/loadResults.ts')
  useResultFilesStore.getState().add(await readFiles(files))
}
