import { describe, expect, it } from 'vitest'
import { checkInstruction } from './instructionCheck.ts'

const model = { vocabulary: ['<pad>', 'pick', 'up', 'the', 'red', 'blue', 'cube'], maxWords: 5 }

describe('checkInstruction', () => {
  it('takes known words, however they are written', () => {
    expect(checkInstruction('  Pick up\tthe BLUE  cube ', model)).toEqual({
      status: 'ok',
      instruction: 'pick up the blue cube',
    })
  })

  it('names unknown words once and lists the vocabulary, without the padding', () => {
    expect(checkInstruction('pick the green ball green', model)).toEqual({
      status: 'wrong',
      message: 'The policy does not know “green”, “ball”. It knows: pick, up, the, red, blue, cube.',
    })
    expect(checkInstruction('<pad>', model).status).toBe('wrong')
  })

  it('says how many words there may be', () => {
    expect(checkInstruction(' ', model)).toEqual({
      status: 'wrong',
      message: 'The policy reads 1 to 5 words; none is written.',
    })
    expect(checkInstruction('pick up the red red cube', model)).toMatchObject({
      message: 'The policy reads 1 to 5 words; these are 6.',
    })
  })
})
