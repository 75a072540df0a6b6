import { readSweep } from '../../data/results/sweep.ts'
import { useSweepFileStore } from '../../stores/sweepFileStore.ts'
import type { OpenedSweep } from '../../stores/sweepFileStore.ts'

/** Opens saved sweeps that a person chose or dropped: the last that can be read is shown. */
export async function openSweepFiles(files: Iterable<File>): Promise<void> {
  const problems: string[] = []
  let opened: OpenedSweep | undefined
  for (const file of files) {
    try {
      opened = { name: file.name, file: readSweep(file.name, await file.text()) }
    } catch (error) {
      problems.push(error instanceof Error ? error.message : String(error))
    }
  }
  useSweepFileStore.getState().take(opened, problems)
}
