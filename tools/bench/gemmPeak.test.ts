import * as native from 'onnxruntime-node'
import { expect, it } from 'vitest'
import { measureGemmPeak } from './gemmPeak.ts'

it('multiplies matrices and gives a rate', async () => {
  const settings = { provider: { name: 'cpu' }, gpuResident: false, intraOpThreads: 1 }
  const rate = await measureGemmPeak(native, settings, { rows: 33, inner: 300, columns: 17 })
  expect(rate).toBeGreaterThan(0)
  expect(rate).toBeLessThan(1e6)
})
