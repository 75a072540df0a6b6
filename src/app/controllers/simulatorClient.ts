import * as Comlink from 'comlink'
import type { SimulatorFrame } from '../../simulation/liveSimulator.ts'
import type { SimulationService } from '../workers/simulationWorker.ts'

/** A simulator in its worker, as controllers use it. */
export interface SimulatorClient {
  service: Comlink.Remote<SimulationService>
  /** The running episode's world, for the inference worker. */
  connect(): Promise<MessagePort>
  /** Frees the simulator and ends its worker. */
  close(): void
}

/**
 * Starts a simulator.
 * @param onFrame called with what the cameras see
 * @param onCrash called with a sentence if the worker itself fails
 * @throws (rejects) when MuJoCo cannot be loaded
 */
export async function openSimulator(
  onFrame: (frame: SimulatorFrame) => void,
  onCrash: (message: string) => void,
): Promise<SimulatorClient> {
  const worker = new Worker(new URL('../workers/simulationWorker.ts', import.meta.url), {
    type: 'module',
    name: 'simulator',
  })
  const crashed = new Promise<never>((_, reject) => {
    worker.addEventListener('error', (event) => {
      const message = `The simulator failed: ${event.message || 'its script could not be loaded'}.`
      onCrash(message)
      reject(new Error(message))
    })
  })
  // After the start nobody waits for it any more.
  crashed.catch(() => {})
  const service = Comlink.wrap<SimulationService>(worker)
  const close = () => {
    service[Comlink.releaseProxy]()
    // All of the simulator's memory is the worker's.
    worker.terminate()
  }
  try {
    await Promise.race([service.open(Comlink.proxy(onFrame)), crashed])
  } catch (error) {
    close()
    throw error
  }
  return {
    service,
    async connect() {
      const { port1, port2 } = new MessageChannel()
      await service.connect(Comlink.transfer(port1, [port1]))
      return port2
    },
    close,
  }
}
