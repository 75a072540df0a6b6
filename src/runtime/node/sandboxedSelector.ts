import { readFile } from 'node:fs/promises'
import { basename } from 'node:path'
import { MessageChannel, receiveMessageOnPort, Worker } from 'node:worker_threads'
import { createSession, type SelectorContext, type SelectorSession } from '../../core/pruning/contract.ts'
import {
  createCustomSelector,
  type CustomInput,
  type CustomSettings,
  customSettingsSchema,
} from '../../core/pruning/custom.ts'

/** A selector from a file, in a worker of its own. */
export interface SandboxedSelector {
  /** @throws if the file asks for what this policy does not have */
  start(context: SelectorContext): SelectorSession
  close(): Promise<void>
}

export interface SandboxOptions {
  /** Time for reading the file and for each answer, ms. */
  limitMs?: number
}

const DEFAULT_LIMIT_MS = 1000

const MEMORY_MB = 64

/**
 * Runs inside the worker. The file's code lives in a context of its own, with the language and nothing else: no process, no
 * require, no network, no timers, no way to make code from text. Only text goes in and out, so no object of the worker can be
 * reached from inside.
 */
const WORKER = `
const { workerData } = require('node:worker_threads')
const vm = require('node:vm')
const { source, name, flag, port } = workerData
const context = vm.createContext(Object.create(null), { codeGeneration: { strings: false, wasm: false } })
const run = (code, file) => vm.runInContext(code, context, { filename: file })
const answer = (make) => {
  let text
  try {
    text = JSON.stringify({ value: make() })
  } catch (error) {
    text = JSON.stringify({ error: String(error && error.message ? error.message : error) })
  }
  port.postMessage(text)
  Atomics.store(flag, 0, 1)
  Atomics.notify(flag, 0)
}
answer(() => {
  run(source, name)
  const found = run("typeof select === 'function'", 'check')
  if (!found) throw new Error('it defines no function "select"')
  return run("typeof settings === 'undefined' ? '{}' : JSON.stringify(settings)", 'settings')
})
port.on('message', (input) =>
  answer(() => {
    context.inputText = input
    return run('JSON.stringify(Array.from(select(JSON.parse(inputText))))', 'call')
  }),
)
`

/**
 * Reads a selector from a file and runs it in a worker, with a limit of time and memory. It guards against mistakes and
 * carelessness; Node's contexts are no wall against an attacker, so run only files that you have read.
 * @param path a script that defines `function select(input)` and may define `const settings = {...}`
 * @throws if the file cannot be read or run
 */
export async function openSandboxedSelector(
  path: string,
  { limitMs = DEFAULT_LIMIT_MS }: SandboxOptions = {},
): Promise<SandboxedSelector> {
  const name = basename(path)
  const source = await readFile(path, 'utf8').catch((cause: unknown) => {
    throw new Error(`The selector ${path} cannot be read.`, { cause })
  })
  const flag = new Int32Array(new SharedArrayBuffer(4))
  const { port1, port2 } = new MessageChannel()
  const worker = new Worker(WORKER, {
    eval: true,
    workerData: { source, name, flag, port: port2 },
    transferList: [port2],
    env: {},
    resourceLimits: { maxOldGenerationSizeMb: MEMORY_MB },
  })
  // The process may end although the worker waits; a worker that ran out of memory answers nothing, which is told below.
  worker.unref()
  worker.on('error', () => undefined)
  const wait = (limit: number, doing: string): string => {
    if (Atomics.wait(flag, 0, 0, limit) === 'timed-out') {
      void worker.terminate()
      throw new Error(`The selector ${name} ${doing} for more than ${limit} ms and was stopped.`)
    }
    Atomics.store(flag, 0, 0)
    return valueOf(name, receiveMessageOnPort(port1)?.message)
  }
  const close = async () => {
    port1.close()
    await worker.terminate()
  }
  const settings = await readSettings(name, () => wait(limitMs + START_MS, 'was read')).catch(
    async (error: unknown) => {
      await close()
      throw error
    },
  )
  const call = (input: CustomInput): unknown => {
    port1.postMessage(JSON.stringify(input))
    return JSON.parse(wait(limitMs, 'computed'))
  }
  return {
    start: (context) => createSession(createCustomSelector(call, settings, context)),
    close,
  }
}

/** A worker takes a while to start on a busy machine; that is not the file's fault. */
const START_MS = 20_000

async function readSettings(name: string, wait: () => string): Promise<CustomSettings> {
  const settings = customSettingsSchema.safeParse(JSON.parse(await Promise.resolve().then(wait)))
  if (settings.success) return settings.data
  const [issue] = settings.error.issues
  throw new Error(`The settings of ${name}: ${issue.path.join('.') || 'all'}: ${issue.message}.`)
}

function valueOf(name: string, message: unknown): string {
  const answer: unknown = typeof message === 'string' ? JSON.parse(message) : undefined
  if (typeof answer === 'object' && answer !== null) {
    if ('error' in answer) throw new Error(`The selector ${name} failed: ${String(answer.error)}.`)
    if ('value' in answer && typeof answer.value === 'string') return answer.value
  }
  throw new Error(`The selector ${name} gave no answer.`)
}
