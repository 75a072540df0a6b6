import type { FrameToWrite } from '../../src/data/lerobot/writer.ts'
import type { SimulationEnvironment } from '../../src/simulation/environment.ts'
import { PHASES } from '../../src/simulation/expert.ts'
import { type Actor, recordEpisode, type RecordingOptions } from '../../src/simulation/recording.ts'
import { startEpisode } from '../../src/simulation/rollout.ts'

/** Two simulators: one plays the episode, the other follows it to look at what the patches show. */
export interface RecordingStage {
  playing: SimulationEnvironment
  following: SimulationEnvironment
}

/**
 * Records one episode with relevance masks. The masks come from a second simulator that executes the same
 * actions; that both are in the same state at every step is checked on the way.
 * @throws an Error when the two simulators part
 */
export async function recordFrames(
  { playing, following }: RecordingStage,
  options: RecordingOptions,
  actor: Actor,
): Promise<FrameToWrite[]> {
  const { suite, seed } = options
  const echo = startEpisode(following, suite, seed)
  const frames: FrameToWrite[] = []
  for await (const frame of recordEpisode(playing, options, actor)) {
    const state = following.getState()
    if (!sameNumbers(state, frame.state)) throw new Error(`Seed ${seed}: the simulator gave two answers to one action.`)
    frames.push({ ...frame, phase: PHASES.indexOf(frame.phase), relevance: echo.relevance() })
    echo.step(frame.action)
  }
  return frames
}

function sameNumbers(a: Float64Array, b: Float64Array): boolean {
  return a.length === b.length && a.every((value, i) => Object.is(value, b[i]))
}
