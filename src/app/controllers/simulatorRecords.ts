import { RUN_RECORD_VERSION } from '../../core/schema/runRecord.ts'
import type { QueryRecord, RunRecord } from '../../core/schema/runRecord.ts'
import { visualTokenCount } from '../../core/tokens/layout.ts'
import type { LoadedModel } from '../../runtime/protocol.ts'
import { useModelStore } from '../../stores/modelStore.ts'
import type { RolloutProvenance } from '../../stores/rolloutStoreRun.ts'
import { APP_VERSION } from '../version.ts'

/** What closed-loop results of this page are made with. */
export function provenanceOf({ manifest, choice }: LoadedModel, horizonSteps: number): RolloutProvenance {
  const visualTokens = visualTokenCount(manifest.layout)
  return {
    createdAt: new Date().toISOString(),
    app: { version: APP_VERSION },
    model: {
      id: manifest.id,
      weightsSha256: manifest.weights.sha256,
      layers: manifest.model.layers,
      width: manifest.model.width,
      feedForward: manifest.model.feedForward,
      visualTokens,
      fixedTokens: manifest.layout.length - visualTokens,
    },
    macs: { stemMacs: manifest.model.stemMacs, headMacs: manifest.model.headMacs },
    horizonSteps,
    device: useModelStore.getState().choice?.device ?? choice.device,
  }
}

/** A closed-loop episode as a run record. */
export function closedLoopRecord(
  { createdAt, app, model, device }: RolloutProvenance,
  run: Pick<RunRecord, 'instruction' | 'method' | 'executeSteps' | 'seed' | 'task' | 'outcome'>,
  queries: readonly QueryRecord[],
): RunRecord {
  const head = { version: RUN_RECORD_VERSION, kind: 'closed-loop', createdAt, app, model, device } as const
  return { ...head, ...run, queries: [...queries] }
}

/** A record without its score arrays, a fiftieth of the size: many episodes are kept, and a live run brings scores back. */
export function withoutScores({ scores: _, ...record }: QueryRecord): QueryRecord {
  const decisions = record.decisions.map(({ score: _score, ...decision }) => decision)
  return { ...record, decisions }
}
