import { Matrix4, Vector3 } from 'three'
import { describe, expect, it } from 'vitest'
import { keyMove, KEY_STEP_M, poseMatrix, solidOf } from './sceneModel.ts'

describe('the scene for three.js', () => {
  it('turns a pose into a matrix that moves points as MuJoCo does', () => {
    // A quarter turn about z, then a shift: MuJoCo's rows are (0 -1 0), (1 0 0), (0 0 1).
    const pose = [1, 2, 3, 0, -1, 0, 1, 0, 0, 0, 0, 1]
    const poses = Float32Array.from([...new Array<number>(12).fill(0), ...pose])
    const point = new Vector3(1, 0, 0).applyMatrix4(new Matrix4().fromArray([...poseMatrix(poses, 1)]))
    expect(point.toArray()).toEqual([1, 3, 3])
  })

  it('doubles MuJoCo’s half sizes', () => {
    const geom = { size: [0.1, 0.2, 0.3], rgb: [1, 1, 1] } as const
    expect(solidOf({ ...geom, shape: 'box' })).toMatchObject({ sides: [0.2, 0.4, 0.6] })
    expect(solidOf({ ...geom, shape: 'cylinder' })).toMatchObject({ radius: 0.1, height: 0.4 })
    expect(solidOf({ ...geom, shape: 'capsule' })).toMatchObject({ radius: 0.1, length: 0.4 })
    expect(solidOf({ ...geom, shape: 'ellipsoid' })).toMatchObject({ scale: [0.1, 0.2, 0.3] })
  })

  it('moves along the table as the front camera sees it', () => {
    expect(keyMove('ArrowUp', false)).toEqual({ x: -KEY_STEP_M, y: 0 })
    expect(keyMove('ArrowRight', true)).toEqual({ x: 0, y: 4 * KEY_STEP_M })
    expect(keyMove('a', false)).toBeUndefined()
  })
})
