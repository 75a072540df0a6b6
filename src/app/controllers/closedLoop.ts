import type { QueryRecord } from '../../core/schema/runRecord.ts'
import type { InferenceClient } from '../../runtime/client.ts'
import type { RolloutEvent, RolloutOutcome } from '../../runtime/protocol.ts'
import type { MethodPart } from '../../stores/methodChoices.ts'
import { useModelStore } from '../../stores/modelStore.ts'
import type { RolloutEpisode } from '../../stores/rolloutStoreRun.ts'
import { defineOwnSelector } from './ownSelector.ts'
import type { SimulatorClient } from './simulatorClient.ts'
import { withoutScores } from './simulatorRecords.ts'

/** One closed-loop episode of a method. */
export interface ClosedLoopEpisode extends Pick<MethodPart, 'methodId' | 'parameters'> {
  /** Name by which the rollout is cancelled. */
  id: string
  suite: string
  /** Of the task. */
  seed: number
  /** Control steps after which the episode counts as failed; undefined: the suite's own number. */
  horizonSteps: number | undefined
  executeSteps: number
  /** Of the method's own randomness. */
  methodSeed: number
}

/**
 * Plays an episode from its beginning to its end.
 * @param onQuery hears of each query, scores included; the result has none
 * @throws with a sentence for people
 */
export async function playClosedLoop(
  simulator: SimulatorClient,
  client: InferenceClient,
  episode: ClosedLoopEpisode,
  onQuery: (query: QueryRecord) => void = () => undefined,
): Promise<Omit<RolloutEpisode, 'seed' | 'settingId'>> {
  const { id, suite, seed, horizonSteps, methodId, parameters, executeSteps, methodSeed } = episode
  await defineOwnSelector(client, methodId)
  const begun = await simulator.service.begin({ suite, seed, ...(horizonSteps === undefined ? {} : { horizonSteps }) })
  const queries: QueryRecord[] = []
  const take = (event: RolloutEvent) => {
    if (event.type === 'backend') useModelStore.getState().setChoice(event.choice, event.reason)
    else {
      queries.push(withoutScores(event.record))
      onQuery(event.record)
    }
  }
  const outcome = await client.rollout(
    {
      id,
      episode: seed,
      horizonSteps: begun.horizonSteps,
      suite,
      methodId,
      parameters: { ...parameters },
      executeSteps,
      seed: methodSeed,
    },
    await simulator.connect(),
    take,
  )
  const { steps, replans, success, failure } = finished(outcome)
  const { actions, success: successes, instruction } = await simulator.service.recording()
  return { success, failure, instruction, steps, replans, queries, actions, successes }
}

function finished(outcome: RolloutOutcome): Extract<RolloutOutcome, { status: 'done' }> & { failure?: string } {
  if (outcome.status === 'done') return outcome
  throw new Error(
    outcome.status === 'failed' ? outcome.message : 'The rollout was aborted: the policy was loaded anew.',
  )
}
