import * as Comlink from 'comlink'
import type { RecordedEpisode } from '../../data/episodeSource.ts'
import type { ExportService } from '../workers/simulationExportWorker.ts'

/** Offers an episode for download as a LeRobot v3.0 dataset in a zip file. @throws with a sentence for people */
export async function downloadEpisode(name: string, episode: RecordedEpisode, about: string): Promise<void> {
  const worker = new Worker(new URL('../workers/simulationExportWorker.ts', import.meta.url), {
    type: 'module',
    name: 'export',
  })
  try {
    const failed = new Promise<never>((_, reject) => {
      worker.addEventListener('error', (event) => {
        reject(new Error(`The file could not be written: ${event.message || 'the script could not be loaded'}.`))
      })
    })
    const service = Comlink.wrap<ExportService>(worker)
    const file = await Promise.race([service.zipEpisode(episode, about), failed])
    const url = URL.createObjectURL(new Blob([file as Uint8Array<ArrayBuffer>], { type: 'application/zip' }))
    const link = document.createElement('a')
    link.href = url
    link.download = `${name}.zip`
    link.click()
    setTimeout(() => URL.revokeObjectURL(url), 10_000)
  } finally {
    worker.terminate()
  }
}
