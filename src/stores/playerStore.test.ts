import { beforeEach, describe, expect, it } from 'vitest'
import { usePlayerStore } from './playerStore.ts'

const player = usePlayerStore.getState

beforeEach(() => {
  player().open(100, 20)
  player().setSpeed(1)
})

describe('the player', () => {
  it('starts again from the end that it played to', () => {
    player().seek(99)
    player().play()
    expect(player()).toMatchObject({ playing: true, direction: 1, frame: 0 })
    player().play(-1)
    expect(player()).toMatchObject({ direction: -1, frame: 99 })
    player().seek(50)
    player().play(-1)
    expect(player().frame).toBe(50)
  })

  it('makes a loop from its ends, in either order', () => {
    player().seek(30)
    player().endLoopHere()
    expect(player().loop).toEqual({ from: 0, to: 30 })
    player().seek(10)
    player().startLoopHere()
    expect(player().loop).toEqual({ from: 10, to: 30 })
    player().seek(40)
    player().startLoopHere()
    expect(player().loop).toEqual({ from: 40, to: 99 })
    player().seek(20)
    player().endLoopHere()
    expect(player().loop).toEqual({ from: 0, to: 20 })
  })

  it('makes no loop of one frame', () => {
    player().endLoopHere()
    player().seek(99)
    player().startLoopHere()
    expect(player().loop).toBeUndefined()
  })

  it('plays a loop from inside', () => {
    player().setLoop({ from: 10, to: 20 })
    player().seek(50)
    player().play()
    expect(player().frame).toBe(10)
    player().seek(15)
    player().play(-1)
    expect(player().frame).toBe(15)
    player().seek(20)
    player().play()
    expect(player().frame).toBe(20)
  })

  it('changes speed within what there is', () => {
    player().setSpeed(4)
    player().changeSpeed(1)
    expect(player().speed).toBe(4)
    player().changeSpeed(-1)
    expect(player().speed).toBe(2)
    player().setSpeed(0.1)
    player().changeSpeed(-1)
    expect(player().speed).toBe(0.1)
  })

  it('forgets the loop with the recording', () => {
    player().setLoop({ from: 10, to: 20 })
    player().open(50, 20)
    expect(player().loop).toBeUndefined()
  })
})
