import type { SimulatorPhase } from '../../stores/simulatorStore.ts'

/** Where the simulator is, in a sentence. */
export function describePhase(phase: SimulatorPhase, queries: number): string {
  const counted = `${queries} ${queries === 1 ? 'query' : 'queries'}`
  switch (phase.status) {
    case 'closed':
      return ''
    case 'opening':
      return 'Opening the simulator…'
    case 'waiting':
      return 'Nobody acts yet.'
    case 'acting':
      return `The policy acts, ${counted} so far.`
    case 'paused':
      return `Time stands still after ${counted}.`
    case 'failed':
      return `The simulator stopped. ${phase.message}`
    case 'ended':
      return describeEnd(phase, counted)
  }
}

function describeEnd(
  { success, judged, failure, steps }: Extract<SimulatorPhase, { status: 'ended' }>,
  counted: string,
): string {
  const after = `after ${steps} control steps and ${counted}`
  if (success) return `Solved ${after}.`
  if (failure !== undefined) return `Not solved ${after}: ${failure}.`
  return judged ? `Not solved ${after}.` : `Ended ${after}; success was not judged.`
}
