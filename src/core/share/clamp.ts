import type { ShareResult } from './link.ts'
import type { ShareState } from './state.ts'

/** Sizes of what is open; a size that is not known yet is not checked. */
export interface ShareLimits {
  /** Frames of the state's episode. */
  frames?: number
  episodes?: number
  layers?: number
  visualTokens?: number
  /** Length of the model's chunk. */
  chunkLength?: number
}

/** Moves a state inside what is open, with a note for each change. Call it again as more sizes become known. */
export function clampShareState(state: ShareState, limits: ShareLimits): ShareResult {
  const notes: string[] = []
  const result: ShareState = { ...state }
  const { episodes, frames, layers, visualTokens, chunkLength } = limits

  if (episodes !== undefined && episodes > 0 && state.episode >= episodes) {
    result.episode = episodes - 1
    notes.push(`There is no episode ${state.episode} here; the last one, ${result.episode}, is shown.`)
  }
  if (frames !== undefined && frames > 0 && state.frame >= frames) {
    result.frame = frames - 1
    notes.push(`Frame ${state.frame} is past the end of the episode; the last frame, ${result.frame}, is shown.`)
  }
  const { loop } = state
  if (loop && frames !== undefined && frames > 0 && loop.to >= frames) {
    delete result.loop
    if (loop.from < frames - 1) result.loop = { from: loop.from, to: frames - 1 }
    const instead = result.loop ? `it ends at the last one, ${frames - 1}` : 'nothing is looped'
    notes.push(`The loop runs to frame ${loop.to}, past the end of the episode; ${instead}.`)
  }
  if (layers !== undefined && state.layer !== undefined && state.layer > layers) {
    delete result.layer
    notes.push(`The model has no layer ${state.layer}; its last layer, ${layers}, is shown.`)
  }
  if (visualTokens !== undefined && state.pinnedToken !== undefined && state.pinnedToken >= visualTokens) {
    delete result.pinnedToken
    notes.push(`The model has no visual token ${state.pinnedToken}; no token is pinned.`)
  }
  if (chunkLength !== undefined && chunkLength > 0 && state.executeSteps > chunkLength) {
    result.executeSteps = chunkLength
    notes.push(
      `The model predicts ${chunkLength} actions at a time, so ${state.executeSteps} cannot be executed; ${chunkLength} are.`,
    )
  }
  return { state: result, notes }
}
