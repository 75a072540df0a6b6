import * as Comlink from 'comlink'
import { announceFetches } from '../../data/fetchLog.ts'
import type { RecordedEpisode } from '../../data/episodeSource.ts'
import { createEnvironment } from '../../simulation/environment.ts'
import type { EpisodeStart } from '../../simulation/instructedTask.ts'
import { LiveSimulator } from '../../simulation/liveSimulator.ts'
import type { BegunEpisode, MoveOutcome, SimulatorFrame, SimulatorRecording } from '../../simulation/liveSimulator.ts'
import { MUJOCO_WASM_URL as wasmUrl } from '../../simulation/pageWasm.ts'
import { renderRecording } from '../../simulation/recordedFrames.ts'

/** The simulator in a worker of its own: physics and rendering never run on the page's thread. */
export interface SimulationService {
  /** Loads MuJoCo. Must be awaited before anything else. */
  open(onFrame: (frame: SimulatorFrame) => void): Promise<void>
  begin(start: EpisodeStart): BegunEpisode
  /** Hands the running episode to a policy's driver at the other end of the port. */
  connect(port: MessagePort): void
  pause(): void
  resume(): void
  setPace(stepMs: number): void
  moveObject(index: number, place: { x: number; y: number }): MoveOutcome
  objectPlace(index: number): { x: number; y: number }
  setInstruction(text: string): { instruction: string; judged: boolean }
  recording(): SimulatorRecording
  /** Renders a recording as an episode; meanwhile the running one goes on. */
  render(recording: SimulatorRecording): Promise<RecordedEpisode>
  dispose(): void
}

announceFetches()

let opened: LiveSimulator | undefined

function simulator(): LiveSimulator {
  if (!opened) throw new Error('The simulator is not open.')
  return opened
}

const service: SimulationService = {
  async open(onFrame) {
    opened?.dispose()
    opened = new LiveSimulator(await createEnvironment({ wasmUrl }), { onFrame: (frame) => onFrame(frame) })
  },
  begin: (start) => simulator().begin(start),
  connect(port) {
    Comlink.expose(simulator().world(), port)
  },
  pause: () => simulator().pause(),
  resume: () => simulator().resume(),
  setPace: (stepMs) => simulator().setPace(stepMs),
  moveObject: (index, place) => simulator().moveObject(index, place),
  objectPlace: (index) => simulator().objectPlace(index),
  setInstruction: (text) => simulator().setInstruction(text),
  recording: () => simulator().recording(),
  async render(recording) {
    // The running episode's simulator must not be disturbed.
    const environment = await createEnvironment({ wasmUrl })
    try {
      const pause = () => new Promise<void>((resolve) => setTimeout(resolve, 0))
      const episode = await renderRecording(environment, recording, { pause })
      return Comlink.transfer(episode, [episode.pixels.front.buffer, episode.pixels.wrist.buffer] as ArrayBuffer[])
    } finally {
      environment.dispose()
    }
  },
  dispose() {
    opened?.dispose()
    opened = undefined
  },
}

Comlink.expose(service)
