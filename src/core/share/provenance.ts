import { HASH_DIGITS } from './state.ts'
import type { PinnedReference, ShareState } from './state.ts'

/** A model or dataset that the page has. */
export interface PresentItem {
  id: string
  /** Lower-case hex. */
  sha256?: string
}

export interface Present {
  model?: PresentItem
  dataset?: PresentItem
}

/** The reference by which a link names an item. */
export function pinReference({ id, sha256 }: PresentItem): PinnedReference {
  return sha256 === undefined ? { id } : { id, hash: sha256.slice(0, HASH_DIGITS) }
}

/** Notes where a link was made with another model or dataset than the ones at hand: its numbers may differ. */
export function compareProvenance(state: ShareState, present: Present | undefined): string[] {
  const notes: string[] = []
  const model = difference(state.model, present?.model)
  const dataset = difference(state.dataset, present?.dataset)
  if (model === 'id') notes.push(`The link was made with the model "${state.model?.id}"; numbers may differ.`)
  if (model === 'hash') {
    notes.push(`The link was made with other weights of ${state.model?.id} (${state.model?.hash}); numbers may differ.`)
  }
  if (dataset === 'id') notes.push(`The link was made with the dataset "${state.dataset?.id}", which is not open here.`)
  if (dataset === 'hash') {
    notes.push(
      `The link was made with another version of ${state.dataset?.id} (${state.dataset?.hash}); frames may differ.`,
    )
  }
  return notes
}

function difference(link: PinnedReference | undefined, present: PresentItem | undefined): 'id' | 'hash' | undefined {
  if (!link || !present) return undefined
  if (link.id !== present.id) return 'id'
  if (link.hash === undefined || present.sha256 === undefined) return undefined
  return present.sha256.toLowerCase().startsWith(link.hash) ? undefined : 'hash'
}
