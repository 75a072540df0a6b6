import type { CustomInput } from '../../core/pruning/custom.ts'
import { OWN_PREFIX, ownDefinition } from '../../core/pruning/remoteCustom.ts'
import { addSelector } from '../../core/pruning/registry.ts'
import type { InferenceClient } from '../../runtime/client.ts'
import { sha256Hex } from '../../runtime/loader/sha256.ts'
import type { OwnSelector } from '../../runtime/protocol.ts'
import { useMethodStore } from '../../stores/methodStore.ts'
import { useNoticeStore } from '../../stores/noticeStore.ts'
import { messageOf } from '../addresses.ts'
import { openSelectorSandbox } from '../sandbox/selectorSandbox.ts'
import { openingSettings } from './settings.ts'

/** Larger files are no selector. */
const MAX_BYTES = 1e6

interface Opened {
  selector: OwnSelector
  ask(input: CustomInput): Promise<unknown>
}

/** Selectors that were opened in this visit, by their ids. */
const opened = new Map<string, Opened>()
/** Those that an inference worker knows. */
const defined = new WeakMap<InferenceClient, Set<string>>()

/** Opens a person's selector from a file and makes it the method; says what is wrong where that cannot be. */
export async function openOwnSelector(file: File): Promise<void> {
  const { show, dismiss } = useNoticeStore.getState()
  try {
    if (file.size > MAX_BYTES) throw new Error(`${file.name} has ${file.size} bytes, too many for a selector.`)
    const source = await file.text()
    const id = `${OWN_PREFIX}${await contentName(file.name, source)}`
    if (!opened.has(id)) {
      const { settings, ask } = await openSelectorSandbox(file.name, source)
      const selector = { id, name: file.name, settings }
      opened.set(id, { selector, ask })
      addSelector(
        ownDefinition(selector, () => {
          throw new Error('A selector of your own has no preview; the live run asks it.')
        }),
      )
    }
    dismiss('own-selector')
    useMethodStore.getState().apply(openingSettings(id))
  } catch (error) {
    show({ id: 'own-selector', title: 'This selector cannot be used', lines: [messageOf(error)] })
  }
}

/** Tells an inference worker about a method if it is a person's own. Nothing happens for all others. */
export async function defineOwnSelector(client: InferenceClient, methodId: string): Promise<void> {
  const own = opened.get(methodId)
  const known = defined.get(client) ?? new Set()
  defined.set(client, known)
  if (!own || known.has(methodId)) return
  known.add(methodId)
  await client.defineSelector(own.selector, own.ask)
}

/** A script that is dropped on the page is a selector. */
export function openDroppedSelectors(): void {
  window.addEventListener('drop', (event) => {
    const file = [...(event.dataTransfer?.files ?? [])].find(({ name }) => /\.m?js$/i.test(name))
    if (!file || event.defaultPrevented) return
    event.preventDefault()
    void openOwnSelector(file)
  })
}

/** A name that a link can hold, different for every content: what was tried with one is not mistaken for another. */
async function contentName(name: string, source: string): Promise<string> {
  const hash = (await sha256Hex(new TextEncoder().encode(source))).slice(0, 8)
  const plain = name.replace(/\.m?js$/i, '').replace(/[^A-Za-z0-9_-]+/g, '-')
  return `${plain.slice(0, 60)}-${hash}`
}
