import { buildShareFragment } from '../core/share/link.ts'
import { provideCommands } from '../stores/commands.ts'
import { useMethodStore } from '../stores/methodStore.ts'
import { recordSettings } from '../stores/settingsHistory.ts'
import { createBenchmarkController } from './controllers/benchmark.ts'
import { rememberRuns, runComparisons } from './controllers/comparison.ts'
import { loadCatalog } from './controllers/catalog.ts'
import { followSelection } from './controllers/episodes.ts'
import { openDroppedFigures } from './controllers/droppedFigure.ts'
import { openDroppedResults, refuseOtherFiles } from './controllers/droppedResults.ts'
import { followLanguage } from './controllers/language.ts'
import { createModelController, openPageWithModel, readManifest } from './controllers/model.ts'
import { openDroppedSelectors, openOwnSelector } from './controllers/ownSelector.ts'
import { runIndex } from './controllers/recordedRuns.ts'
import { createRunController } from './controllers/runs.ts'
import { linkedModel, openLink, readShareState, writeLink } from './controllers/shareLink.ts'

/** Wires stores, workers and address together; called once, before the first render. */
export function startPage(): void {
  const query = new URLSearchParams(window.location.search)
  const runs = createRunController(() => model.ready())
  const model = createModelController(query, linkedModel, () => runs.refresh())
  const benchmark = createBenchmarkController(
    () => model.ready(),
    () => runs.runNow(),
  )
  provideCommands({
    startLoad: () => void model.load(),
    cancelLoad: () => model.cancel(),
    openModel: (id) => openPageWithModel(id, buildShareFragment(readShareState())),
    runLive: () => runs.runNow(),
    cancelRun: () => runs.cancel(),
    startBenchmark: (rounds) => void benchmark.start(rounds),
    cancelBenchmark: () => benchmark.cancel(),
    openSelector: (file) => void openOwnSelector(file),
    readFragment: () => buildShareFragment(readShareState()),
    rollouts: once(async () =>
      (await import('./controllers/rollouts.ts')).createRolloutController(() => model.ready()),
    ),
    simulator: once(async () =>
      (await import('./controllers/simulator.ts')).createSimulatorController(() => model.ready()),
    ),
    sweep: once(async () => (await import('./controllers/sweep.ts')).createSweepController(() => model.ready())),
  })

  // The weights are asked for once, after the first answer is on the screen and the scores for sliders are there.
  let planned = false
  const planOnce = () => {
    if (planned) return
    planned = true
    afterPaint(() => void model.plan())
  }
  followSelection({
    onOpened: () => runs.refresh(),
    onScores: () => {
      runs.refreshPreview()
      planOnce()
    },
  })
  useMethodStore.subscribe((state, before) => {
    if (state.revision !== before.revision) runs.refresh()
  })
  followLanguage(readManifest)
  rememberRuns()
  openDroppedFigures()
  openDroppedSelectors()
  openDroppedResults()
  refuseOtherFiles()
  runComparisons(() => model.ready())
  // Asked for at once, for the first episode to open will need it.
  void runIndex()
  void loadCatalog().then((groups) => {
    openLink(groups)
    recordSettings()
    if (groups.length === 0) planOnce()
    writeLink()
  })
}

/** Makes a thing at its first use; a failure, for example of the network, is forgotten. */
function once<T>(make: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | undefined
  return () => {
    made ??= make().catch((error: unknown) => {
      made = undefined
      throw error
    })
    return made
  }
}

/** Calls back when what was just changed has been painted. */
function afterPaint(callback: () => void): void {
  requestAnimationFrame(() => setTimeout(callback, 0))
}
