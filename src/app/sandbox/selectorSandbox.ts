import type { CustomInput, CustomSettings } from '../../core/pruning/custom.ts'
import { customSettingsSchema } from '../../core/pruning/custom.ts'
import { SANDBOX_DOCUMENT, workerScript } from './sandboxDocument.ts'

/** Time for one answer, ms; as on the command line. */
const LIMIT_MS = 1000
/** A worker takes a while to start on a busy machine; that is not the file's fault. */
const START_MS = 20_000

/** A person's selector in a worker without origin and network. */
export interface SelectorSandbox {
  readonly settings: CustomSettings
  /** @throws for people: the file's own error, or that it took too long; a sandbox that was stopped starts again */
  ask(input: CustomInput): Promise<unknown>
  close(): void
}

/** Starts a file's code. @throws for people if it cannot be run or its settings are wrong */
export async function openSelectorSandbox(name: string, source: string): Promise<SelectorSandbox> {
  let cell = startCell(name, source)
  const settings = await cell
    .send(undefined, START_MS, 'was read')
    .then((text) => readSettings(name, text))
    .catch((error: unknown) => {
      cell.close()
      throw error
    })
  return {
    settings,
    async ask(input) {
      if (cell.closed()) {
        cell = startCell(name, source)
        await cell.send(undefined, START_MS, 'was read')
      }
      return JSON.parse(await cell.send(JSON.stringify(input), LIMIT_MS, 'computed')) as unknown
    },
    close: () => cell.close(),
  }
}

/** One frame with its worker. */
interface Cell {
  send(input: string | undefined, limitMs: number, doing: string): Promise<string>
  closed(): boolean
  close(): void
}

type Answer = { id: number; value: string } | { id: number; error: string } | { failure: string }

interface Waiting {
  resolve(text: string): void
  reject(error: Error): void
}

function startCell(name: string, source: string): Cell {
  const frame = document.createElement('iframe')
  frame.hidden = true
  frame.title = 'Sandbox of your selector'
  frame.setAttribute('sandbox', 'allow-scripts')
  frame.srcdoc = SANDBOX_DOCUMENT
  const { port1, port2 } = new MessageChannel()
  const waiting = new Map<number, Waiting>()
  let isClosed = false
  let last = 0
  const close = (reason = 'was closed') => {
    isClosed = true
    // The worker goes with its frame, whatever it is doing.
    frame.remove()
    port1.close()
    for (const { reject } of waiting.values()) reject(new Error(`The selector ${name} ${reason}.`))
    waiting.clear()
  }
  port1.onmessage = ({ data }: MessageEvent<Answer>) => {
    if ('failure' in data) {
      close(`failed: ${data.failure}`)
      return
    }
    const asked = waiting.get(data.id)
    waiting.delete(data.id)
    if ('value' in data) asked?.resolve(data.value)
    else asked?.reject(new Error(`The selector ${name} failed: ${data.error}.`))
  }
  const ready = new Promise<void>((resolve) => {
    frame.addEventListener('load', () => {
      frame.contentWindow?.postMessage(workerScript(source), '*', [port2])
      resolve()
    })
  })
  document.body.append(frame)
  return {
    send(input, limitMs, doing) {
      const id = ++last
      return new Promise((resolve, reject) => {
        const timer = setTimeout(() => close(`${doing} for more than ${limitMs} ms and was stopped`), limitMs)
        waiting.set(id, {
          resolve(text) {
            clearTimeout(timer)
            resolve(text)
          },
          reject(error) {
            clearTimeout(timer)
            reject(error)
          },
        })
        void ready.then(() => port1.postMessage({ id, input }))
      })
    },
    closed: () => isClosed,
    close,
  }
}

function readSettings(name: string, text: string): CustomSettings {
  const settings = customSettingsSchema.safeParse(JSON.parse(text))
  if (settings.success) return settings.data
  const [issue] = settings.error.issues
  throw new Error(`The settings of ${name}: ${issue.path.join('.') || 'all'}: ${issue.message}.`)
}
