import { expect, test } from './support/test.ts'

test('a teacher embeds cameras and player alone, and they play', async ({ playground, page }) => {
  await playground.open({ fragment: 'v=2&f=10&embed=1' })
  for (const view of ['front', 'wrist'] as const) await expect(playground.camera(view)).toBeVisible()
  await expect(page.getByTestId('pipeline')).toBeVisible()
  await expect(page.getByTestId('method-select')).toHaveCount(0)
  await expect(page.getByTestId('inspector')).toHaveCount(0)
  await expect(page.getByTestId('tab-charts')).toHaveCount(0)
  await expect(page.getByRole('banner')).toHaveCount(0)
  await playground.press('ArrowRight')
  await playground.expectFrame(11)
})

test('a link hides the parts that a lesson does not need, and keeps the others', async ({ playground, page }) => {
  await playground.open({ fragment: 'v=2&f=10&hide=figures,token' })
  await expect(page.getByTestId('method-select')).toBeVisible()
  await expect(page.getByTestId('inspector')).toHaveCount(0)
  await expect(page.getByTestId('tab-charts')).toHaveCount(0)
})
