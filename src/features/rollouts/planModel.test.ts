import { describe, expect, it } from 'vitest'
import { addSelector, selectorRegistry } from '../../core/pruning/registry.ts'
import { ownDefinition, OWN_PREFIX } from '../../core/pruning/remoteCustom.ts'
import { methodChoices, PANEL, panelTitle } from '../../stores/methodChoices.ts'
import type { MethodSettings } from '../../stores/methodStore.ts'
import type { RolloutDraft } from '../../stores/rolloutStore.ts'
import { planOf } from './planModel.ts'

const panel: MethodSettings = {
  methodId: 'stride',
  presetId: undefined,
  parameters: { keep: 0.25 },
  executeSteps: 4,
  seed: 2,
  forced: '',
  instruction: '',
}
const draft: RolloutDraft = {
  suite: 'object',
  firstSeed: 10,
  seedCount: 3,
  methods: ['dense', PANEL],
  horizonSteps: undefined,
}

describe('the plan of a comparison', () => {
  it('takes the panel’s settings as they stand', () => {
    const result = planOf(draft, panel)
    expect(result).toMatchObject({ status: 'ready', episodes: 6 })
    if (result.status !== 'ready') throw new Error('no plan')
    expect(result.plan).toMatchObject({ executeSteps: 4, methodSeed: 2, firstSeed: 10 })
    expect(result.plan.settings[1]).toMatchObject({ methodId: 'stride', parameters: { keep: 0.25 } })
    expect(panelTitle(panel)).toMatch(/keep=0\.25$/)
  })

  it('offers every registered method with each of its presets, and each makes a plan', () => {
    const choices = methodChoices(panel)
    const presets = selectorRegistry.reduce((sum, { presets: own }) => sum + Math.max(1, own.length), 0)
    expect(choices).toHaveLength(presets + 1)
    for (const { value } of choices) {
      expect(planOf({ ...draft, methods: [value] }, panel).status, value).toBe('ready')
    }
  })

  it('takes a selector of the reader’s own, and says when it is not there any more', () => {
    const id = `${OWN_PREFIX}corners-1a2b3c4d`
    const withOwn = { ...draft, methods: ['dense', id] }
    expect(planOf(withOwn, panel)).toMatchObject({
      status: 'wrong',
      problem: expect.stringContaining('opened again') as string,
    })
    addSelector(
      ownDefinition({ id, name: 'corners.js' }, () => {
        throw new Error('No session is asked for here.')
      }),
    )
    expect(methodChoices(panel).at(-1)).toEqual({ value: id, title: 'corners.js' })
    const result = planOf(withOwn, panel)
    if (result.status !== 'ready') throw new Error('no plan')
    expect(result.plan.settings[1]).toMatchObject({ methodId: id, title: 'corners.js', parameters: {} })
  })

  it.each([
    [{ seedCount: 0 }, /seeds fit/],
    [{ seedCount: 501 }, /1 to 500 seeds/],
    [{ firstSeed: Number.NaN }, /first seed/],
    [{ horizonSteps: 0 }, /Control steps/],
    [{ methods: [] }, /at least one/],
    [{ methods: ['dense', 'dense'] }, /twice/],
  ])('says what is wrong with %o', (changes, problem) => {
    const result = planOf({ ...draft, ...changes }, panel)
    expect(result).toMatchObject({ status: 'wrong', problem: expect.stringMatching(problem) as string })
  })
})
