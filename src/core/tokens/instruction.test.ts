import { describe, expect, it } from 'vitest'
import { readInstruction } from './instruction.ts'

const language = { vocabulary: ['<pad>', 'pick', 'up', 'the', 'red', 'blue', 'cube'], slots: 5 }

describe('readInstruction', () => {
  it('takes known words, however they are written', () => {
    expect(readInstruction('  Pick up\tthe BLUE  cube ', language)).toEqual({
      status: 'ok',
      instruction: 'pick up the blue cube',
      ids: [1, 2, 3, 5, 6],
    })
  })

  it('names unknown words once and lists the vocabulary, without the padding', () => {
    expect(readInstruction('pick the green ball green', language)).toEqual({
      status: 'wrong',
      message: 'The policy does not know “green”, “ball”. It knows: pick, up, the, red, blue, cube.',
    })
    expect(readInstruction('<pad>', language).status).toBe('wrong')
  })

  it('says how many words there may be', () => {
    expect(readInstruction(' ', language)).toEqual({
      status: 'wrong',
      message: 'The policy reads 1 to 5 words; none is written.',
    })
    expect(readInstruction('pick up the red red cube', language)).toMatchObject({
      message: 'The policy reads 1 to 5 words; these are 6.',
    })
  })
})
