import { describe, expect, it } from 'vitest'
import type { ModelIndex } from '../../core/schema/modelIndex.ts'
import { offeredModels } from './modelChoices.ts'

const index: ModelIndex = {
  default: 'small',
  models: [
    { id: 'small', title: 'A small policy' },
    { id: 'large', title: 'A large policy' },
  ],
}

describe('the policies that can be chosen', () => {
  it('are those that are served', () => {
    expect(offeredModels(index, 'large', undefined)).toEqual(index.models)
  })

  it('hold the present one even if it is not listed, by its own title once that is known', () => {
    expect(offeredModels(index, 'mine', undefined)[0]).toEqual({ id: 'mine', title: 'mine' })
    expect(offeredModels(index, 'mine', 'My policy')).toEqual([{ id: 'mine', title: 'My policy' }, ...index.models])
  })

  it('are only the present one while the list is not there yet', () => {
    expect(offeredModels(undefined, undefined, undefined)).toEqual([])
    expect(offeredModels(undefined, 'mine', undefined)).toEqual([{ id: 'mine', title: 'mine' }])
  })
})
