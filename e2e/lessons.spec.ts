import { readFile } from 'node:fs/promises'
import { selectorRegistry } from '../src/core/pruning/registry.ts'
import { parseShareState } from '../src/core/share/link.ts'
import { lessonsSchema } from '../src/features/lessons/lessonsSchema.ts'
import { MODEL_TIMEOUT_MS, type Playground } from './pages/playground.ts'
import { blockingProblems } from './support/axe.ts'
import { expect, test } from './support/test.ts'

const { lessons } = lessonsSchema.parse(JSON.parse(await readFile('public/lessons/lessons.json', 'utf8')))
type Step = (typeof lessons)[number]['steps'][number]

const OVERLAYS = { sets: 'Kept sets', survival: 'Survival depth', scores: 'Scores', truth: 'Ground truth' }

/** Goes through the page's tabs by keyboard to that of the lessons, and follows one. */
async function followLesson({ page }: Playground, id: string): Promise<void> {
  await page.getByRole('tab', { selected: true }).focus()
  for (const tab = page.getByTestId('tab-lessons'); (await tab.getAttribute('aria-selected')) !== 'true';) {
    await page.keyboard.press('ArrowRight')
  }
  await page.getByTestId(`lesson-${id}`).focus()
  await page.keyboard.press('Enter')
}

/** The step is read out, and the page shows what its link names: frame, method, values, overlay, tab. */
async function expectStep(playground: Playground, lesson: (typeof lessons)[number], number: number): Promise<void> {
  const { page } = playground
  const step = lesson.steps[number - 1]
  const bar = page.getByTestId('lesson-step')
  await expect(bar).toContainText(`${lesson.title}, step ${number} of ${lesson.steps.length}`)
  await expect(bar).toContainText(`${step.title}. ${step.text}`)
  await expectView(playground, step)
  await expect(page.getByTestId('notice-link'), 'a note about the link').toHaveCount(0)
}

async function expectView(playground: Playground, { link }: Step): Promise<void> {
  const { page } = playground
  const { state } = parseShareState(link, { methods: selectorRegistry })
  await playground.expectFrame(state.frame)
  await expect(page.getByTestId('method-select')).toHaveValue(state.method)
  if (state.preset !== undefined) await expect(page.getByTestId('preset-select')).toHaveValue(state.preset)
  for (const [name, value] of Object.entries(state.parameters)) await expectParameter(playground, name, value)
  await expect(page.getByRole('radio', { name: OVERLAYS[state.overlay], exact: true })).toBeChecked()
  if (state.layer !== undefined) {
    await expect(page.getByTestId('layer-slider')).toHaveAttribute('aria-valuenow', String(state.layer))
  }
  await expect(page.getByTestId('outline-truth')).toHaveAttribute('aria-pressed', String(state.outlineTruth ?? false))
  await expect(page.getByTestId(`tab-${state.tab}`)).toHaveAttribute('aria-selected', 'true')
  for (const [i] of (state.compare ?? []).entries()) {
    if (state.tab === 'compare') await expect(page.getByTestId(`card-${'ABCD'[i]}`)).toBeVisible()
  }
  // The cameras answer this setting, not the one before.
  for (const view of ['front', 'wrist'] as const) {
    await expect(playground.camera(view)).toHaveAttribute('data-stale', 'false', { timeout: MODEL_TIMEOUT_MS })
    await expect(playground.camera(view)).toHaveAttribute('data-origin', /recorded|preview|live/)
  }
}

async function expectParameter(playground: Playground, name: string, value: unknown): Promise<void> {
  const control = playground.parameter(name)
  if (typeof value === 'boolean') await expect(control).toHaveAttribute('aria-checked', String(value))
  else if (typeof value === 'number') await expect(control).toHaveAttribute('aria-valuenow', String(value))
  else await expect(control).toHaveValue(String(value))
}

for (const lesson of lessons) {
  test(`goes through "${lesson.title}" by keyboard, forth and back`, async ({ playground, page }) => {
    test.slow()
    const bar = page.getByTestId('lesson-step')
    // As a newcomer: the page's own model, nothing in the address.
    await page.goto('./')
    await playground.waitForEpisode()
    await followLesson(playground, lesson.id)
    await expectStep(playground, lesson, 1)
    // The focus went along: the next key goes on.
    await expect(bar.getByRole('button', { name: lesson.steps.length > 1 ? 'Next' : 'Done' })).toBeFocused()
    for (let number = 2; number <= lesson.steps.length; number++) {
      await page.keyboard.press('Enter')
      await expectStep(playground, lesson, number)
    }
    for (let number = lesson.steps.length - 1; number >= 1; number--) {
      await bar.getByRole('button', { name: 'Back' }).focus()
      await page.keyboard.press('Enter')
      await expectStep(playground, lesson, number)
    }
    // There is nothing before the first step, and the focus stays where it was.
    await page.keyboard.press('Enter')
    await expectStep(playground, lesson, 1)
    await expect(bar.getByRole('button', { name: 'Back' })).toBeFocused()
    await page.keyboard.press('Tab')
    await page.keyboard.press('Tab')
    await expect(bar.getByRole('button', { name: 'Leave the lesson' })).toBeFocused()
    await page.keyboard.press('Enter')
    await expect(bar).toBeHidden()
    await expect(page.getByRole('tab', { selected: true })).toBeFocused()
    // The view stays as the step set it up.
    await expectView(playground, lesson.steps[0])
  })
}

test('what is changed on the way stays until the next step, and the last step ends the lesson', async ({
  playground,
  page,
}) => {
  const [tour] = lessons
  await page.goto('./')
  await playground.waitForEpisode()
  await followLesson(playground, tour.id)
  await expectStep(playground, tour, 1)
  await playground.setSlider('localTokens', 12)
  await playground.press('ArrowRight')
  await expect(page.getByTestId('lesson-step')).toContainText('step 1 of')
  const next = page.getByTestId('lesson-step').getByRole('button', { name: /Next|Done/ })
  for (let number = 2; number <= tour.steps.length; number++) {
    await next.click()
    await expectStep(playground, tour, number)
  }
  await expect(next).toHaveText('Done')
  await next.click()
  await expect(page.getByTestId('lesson-step')).toBeHidden()
})

test('axe finds nothing serious in a lesson, in light and dark', async ({ playground, page }) => {
  // Six analyses of the whole page.
  test.slow()
  const lesson = lessons.find(({ id }) => id === 'coarse-fine')
  if (!lesson) throw new Error('The lesson coarse-fine is gone.')
  await page.goto('./')
  await playground.waitForEpisode()
  await page.getByTestId('tab-lessons').click()
  await expect(page.getByTestId('lessons')).toBeVisible()
  const problems = async () => {
    const found: string[] = []
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme })
      await expect(page.locator('html')).toHaveAttribute('data-theme', colorScheme)
      found.push(...(await blockingProblems(page)).map((problem) => `${colorScheme}: ${problem}`))
    }
    return found
  }
  expect(await problems(), 'the list of lessons').toEqual([])
  await followLesson(playground, lesson.id)
  await expectStep(playground, lesson, 1)
  expect(await problems(), 'the first step').toEqual([])
  await page.getByTestId('lesson-step').getByRole('button', { name: 'Next' }).click()
  await page.getByTestId('lesson-step').getByRole('button', { name: 'Next' }).click()
  await expectStep(playground, lesson, 3)
  expect(await problems(), 'the last step, a comparison').toEqual([])
})
