import { describe, expect, it } from 'vitest'
import { describePhase } from './simulatorModel.ts'

describe('the simulator in words', () => {
  it('says how an episode ended, and does not call what nobody judged a failure', () => {
    const end = { status: 'ended', success: false, judged: true, failure: 'dropped', steps: 80 } as const
    expect(describePhase(end, 10)).toBe('Not solved after 80 control steps and 10 queries: dropped.')
    expect(describePhase({ ...end, success: true }, 1)).toBe('Solved after 80 control steps and 1 query.')
    expect(describePhase({ ...end, judged: false, failure: undefined }, 10)).toMatch(/not judged/)
  })
})
