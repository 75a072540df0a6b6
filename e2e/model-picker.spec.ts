import { expect, test } from './support/test.ts'

test('a person chooses another policy, and what was shown stays', async ({ playground, page }) => {
  await playground.open({ model: undefined, fragment: 'v=1&f=30' })
  await page.getByTestId('model-picker').selectOption('tiny')
  await playground.waitForEpisode()
  await playground.waitForModel()
  await expect(page.getByTestId('model-picker')).toHaveValue('tiny')
  expect(new URL(page.url()).searchParams.get('model')).toBe('tiny')
  await playground.expectFrame(30)
})
