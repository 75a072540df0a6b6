import { parseForced } from '../core/pruning/forcedText.ts'
import { inputEditKey, type InputEdit } from '../core/pruning/inputEdit.ts'
import { greyPatches } from '../core/tokens/greyPatches.ts'
import { visualSegments, type TokenLayout } from '../core/tokens/layout.ts'
import type { DenseFrameCache } from './denseFrame.ts'
import type { EpisodeFrames } from './protocol.ts'

/** An episode as the policy is shown it, with the dense answers to it. */
export interface ShownEpisode {
  episode: EpisodeFrames
  denseFrames: DenseFrameCache
}

/** The open episode and its latest edited form: going back and forth between the two computes nothing twice. */
export class EditedEpisodes {
  readonly #original: ShownEpisode
  #edited: (ShownEpisode & { key: string }) | undefined

  constructor(episode: EpisodeFrames) {
    this.#original = { episode, denseFrames: new Map() }
  }

  /** Key of the episode that is open. */
  get episodeKey(): string {
    return this.#original.episode.key
  }

  /** The episode with an edit. @param layout of the model: it says which pixels a token stands for */
  show(edit: InputEdit, layout: TokenLayout): ShownEpisode {
    const key = inputEditKey(edit)
    if (key === '') return this.#original
    if (this.#edited?.key !== key) {
      this.#edited = { key, episode: editEpisode(this.#original.episode, edit, layout), denseFrames: new Map() }
    }
    return this.#edited
  }

  /** Forgets the dense answers: those of another backend or model must not be mixed in. */
  forgetDense(): void {
    this.#original.denseFrames.clear()
    this.#edited?.denseFrames.clear()
  }
}

/** A copy of an episode with greyed patches and another instruction. What is not edited is shared. */
export function editEpisode(
  episode: EpisodeFrames,
  { forced = '', instruction = '' }: InputEdit,
  layout: TokenLayout,
): EpisodeFrames {
  const { grey = [] } = parseForced(forced)
  const pixels = { ...episode.pixels }
  for (const segment of visualSegments(layout)) {
    pixels[segment.view] = greyPatches(pixels[segment.view], episode.imageSize, segment, grey)
  }
  return { ...episode, pixels, ...(instruction !== '' && { instruction }) }
}
