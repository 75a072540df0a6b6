import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { ROOT } from '../cli/project.ts'
import { forgetPeak, peakMemoryBytes } from './peakMemory.ts'

const MB = 1_000_000

describe('peak memory', () => {
  it('sees what was held and is no longer', () => {
    forgetPeak()
    const before = peakMemoryBytes()
    Buffer.alloc(150 * MB, 1)
    expect(peakMemoryBytes() - before).toBeGreaterThan(100 * MB)
  })

  it.runIf(existsSync('/proc/self/status'))('is not that of the process which started this one', () => {
    const held = Buffer.alloc(600 * MB, 1)
    const script = `import('./tools/bench/peakMemory.ts').then(({ peakMemoryBytes }) => console.log(peakMemoryBytes()))`
    const child = spawnSync(process.execPath, ['--import', 'tsx', '-e', script], { cwd: ROOT, encoding: 'utf8' })
    expect(child.stderr).toBe('')
    expect(Number(child.stdout)).toBeGreaterThan(10 * MB)
    expect(Number(child.stdout)).toBeLessThan(held.length)
  })
})
