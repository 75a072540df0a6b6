import { formatForced, parseForced } from './forcedText.ts'

/** What the policy is shown in place of what was recorded: a counterfactual of the input, not of the method. */
export interface InputEdit {
  /** As `formatForced` writes it; only the greyed tokens count here. Empty or absent: none. */
  forced?: string
  /** Empty or absent: the recording's own. */
  instruction?: string
}

/**
 * One text for equal edits, empty where the policy sees what was recorded. Dense answers hold for one such text: what the
 * unpruned policy does depends on the input, and on nothing that the method or the brush decides.
 */
export function inputEditKey({ forced = '', instruction = '' }: InputEdit): string {
  const { grey } = parseForced(forced)
  const greyed = grey ? formatForced({ keep: new Int32Array(0), drop: new Int32Array(0), grey }) : ''
  return greyed === '' && instruction === '' ? '' : `${greyed};${instruction}`
}
