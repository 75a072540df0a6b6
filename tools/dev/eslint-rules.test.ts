import { ESLint } from 'eslint'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import tseslint from 'typescript-eslint'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

// A rule that never fires looks the same as code without mistakes. Each case is a mistake that lint must find, or a
// near miss that it must let pass.

const project = fileURLToPath(new URL('../../', import.meta.url))

/** The cases import these. The rule judges only what it finds, so they stand in a folder of their own. */
const FILES = [
  'src/main.tsx',
  'src/app/shell.ts',
  'src/features/player/playerModel.ts',
  'src/features/share/shareModel.ts',
  'src/stores/playerStore.ts',
  'src/runtime/protocol.ts',
  'src/simulation/rollout.ts',
  'src/data/reader.ts',
  'src/core/random.ts',
]

let root: string
let eslint: ESLint

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'specprune-lint-'))
  for (const file of FILES) {
    await mkdir(join(root, dirname(file)), { recursive: true })
    await writeFile(join(root, file), '')
  }
  eslint = new ESLint({
    cwd: root,
    overrideConfigFile: join(project, 'eslint.config.js'),
    overrideConfig: [
      { settings: { 'boundaries/root-path': root } },
      // The cases are in no TypeScript project, so there are no types to ask.
      { ...tseslint.configs.disableTypeChecked, files: ['**/*.{ts,tsx}'] },
      { files: ['**/*.{ts,tsx}'], languageOptions: { parserOptions: { projectService: false } } },
    ],
  })
})

afterAll(() => rm(root, { recursive: true, force: true }))

async function brokenRules(filePath: string, code: string): Promise<string[]> {
  const [result] = await eslint.lintText(`${code}\n`, { filePath: join(root, filePath) })
  return result.messages.map(({ ruleId, message }) => ruleId ?? message)
}

describe('layers', () => {
  it.each([
    ['core from data', 'src/core/probe.ts', `import '../data/reader.ts'`],
    ['core from runtime', 'src/core/tokens/probe.ts', `import type { LoadedModel } from '../../runtime/protocol.ts'`],
    ['data from simulation', 'src/data/probe.ts', `import '../simulation/rollout.ts'`],
    ['simulation from runtime', 'src/simulation/probe.ts', `import '../runtime/protocol.ts'`],
    ['runtime from stores', 'src/runtime/probe.ts', `import '../stores/playerStore.ts'`],
    ['stores from features', 'src/stores/probe.ts', `import '../features/share/shareModel.ts'`],
    ['features from app', 'src/features/share/probe.ts', `import '../../app/shell.ts'`],
    ['features from the entry point', 'src/features/share/probe.ts', `import '../../main.tsx'`],
    ['a feature from another', 'src/features/share/probe.ts', `import '../player/playerModel.ts'`],
    ['by a dynamic import', 'src/core/probe.ts', `export const load = () => import('../runtime/protocol.ts')`],
    ['by a re-export', 'src/core/probe.ts', `export * from '../runtime/protocol.ts'`],
    [
      'by a worker',
      'src/core/probe.ts',
      `export const make = () => new Worker(new URL('../runtime/protocol.ts', import.meta.url))`,
    ],
  ])('refuses %s', async (_name, filePath, code) => {
    expect(await brokenRules(filePath, code)).toContain('boundaries/dependencies')
  })

  it.each([
    ['features from stores', 'src/features/share/probe.ts', `import '../../stores/playerStore.ts'`],
    ['features from core', 'src/features/share/probe.ts', `import '../../core/random.ts'`],
    ['within a feature', 'src/features/share/probe.ts', `import './shareModel.ts'`],
    ['app from features', 'src/app/probe.tsx', `import '../features/share/shareModel.ts'`],
    ['the entry point from app', 'src/main.tsx', `import './app/shell.ts'`],
    ['runtime from data', 'src/runtime/probe.ts', `import '../data/reader.ts'`],
  ])('lets %s pass', async (_name, filePath, code) => {
    expect(await brokenRules(filePath, code)).toEqual([])
  })

  it('refuses a folder that is in no layer', async () => {
    expect(await brokenRules('src/helpers/probe.ts', `import 'zod'`)).toContain('boundaries/no-unknown-files')
  })
})

describe('packages', () => {
  it.each([
    ['React in core', 'src/core/probe.ts', `import 'react'`],
    ['an entry of React in core', 'src/core/probe.ts', `import 'react-dom/client'`],
    ['zustand in core', 'src/core/probe.ts', `import 'zustand'`],
    ['an unlisted package in core', 'src/core/probe.ts', `import 'idb'`],
    ['zustand in runtime', 'src/runtime/probe.ts', `import 'zustand/vanilla'`],
    ['React in stores', 'src/stores/probe.ts', `import 'react'`],
    ['onnxruntime in features', 'src/features/device/probe.ts', `import 'onnxruntime-web/wasm'`],
    ['onnxruntime, loaded late', 'src/stores/probe.ts', `export const load = () => import('onnxruntime-web/webgpu')`],
    ['MuJoCo in app', 'src/app/probe.ts', `import '@mujoco/mujoco'`],
    ['MuJoCo in runtime', 'src/runtime/probe.ts', `import '@mujoco/mujoco/mt'`],
    ['Node in core', 'src/core/probe.ts', `import 'node:fs'`],
    ['Node in runtime', 'src/runtime/probe.ts', `import 'node:fs/promises'`],
    ['Node in a component', 'src/app/probe.tsx', `import 'node:path'`],
  ])('refuses %s', async (_name, filePath, code) => {
    expect(await brokenRules(filePath, code)).toContain('boundaries/dependencies')
  })

  it.each([
    ['zod in core', 'src/core/probe.ts', `import 'zod'`],
    ['Vitest in a test of core', 'src/core/probe.test.ts', `import 'vitest'`],
    ['Node in a test', 'src/core/probe.test.ts', `import 'node:fs'`],
    ['Node in the Node part of runtime', 'src/runtime/node/probe.ts', `import 'node:fs'`],
    ['Node in the Node part of data', 'src/data/node/probe.ts', `import 'node:fs'`],
    ['Node in a tool', 'tools/probe.ts', `import 'node:fs'`],
    ['onnxruntime in runtime', 'src/runtime/probe.ts', `import 'onnxruntime-web/wasm'`],
    ['MuJoCo in simulation', 'src/simulation/probe.ts', `import '@mujoco/mujoco'`],
    ['React in a feature', 'src/features/player/Probe.tsx', `import 'react'`],
    ['zustand in stores', 'src/stores/probe.ts', `import 'zustand'`],
  ])('lets %s pass', async (_name, filePath, code) => {
    expect(await brokenRules(filePath, code)).toEqual([])
  })
})

describe('code', () => {
  it.each([
    ['any', 'src/core/probe.ts', `const value: any = 1\nvoid value`, '@typescript-eslint/no-explicit-any'],
    ['enum', 'src/core/probe.ts', `enum Mode {\n  Fine,\n}\nvoid Mode`, 'no-restricted-syntax'],
    ['a default export', 'src/app/probe.ts', `export default 1`, 'no-restricted-syntax'],
    ['console in src', 'src/app/probe.ts', `console.log(1)`, 'no-console'],
    ['Math.random', 'src/core/probe.ts', `void Math.random()`, 'no-restricted-properties'],
    ['the page in core', 'src/core/probe.ts', `void window`, 'no-restricted-globals'],
    ['an export without a comment', 'src/core/probe.ts', `export function probe() {}`, 'jsdoc/require-jsdoc'],
    ['an arrow without a comment', 'src/core/probe.ts', `export const probe = () => 1`, 'jsdoc/require-jsdoc'],
    [
      'a comment without a sentence',
      'src/core/probe.ts',
      `/** @returns 1 */\nexport function probe() {\n  return 1\n}`,
      'jsdoc/require-description',
    ],
    ['a long file', 'src/core/probe.ts', 'void 0\n'.repeat(401), 'max-lines'],
    [
      'a hook in a condition',
      'src/app/probe.tsx',
      `import { useState } from 'react'\n/** Probes. */\nexport function Probe(props: { on: boolean }) {\n  if (props.on) useState(1)\n  return null\n}`,
      'react-hooks/rules-of-hooks',
    ],
  ])('refuses %s', async (_name, filePath, code, rule) => {
    expect(await brokenRules(filePath, code)).toContain(rule)
  })

  it('allows console in tools', async () => {
    expect(await brokenRules('tools/probe.ts', `console.log(1)`)).toEqual([])
  })
})
