import type { Manifest } from '../../core/schema/manifest.ts'
import { languageOf, readInstruction } from '../../core/tokens/instruction.ts'
import { commands } from '../../stores/commands.ts'
import { useEpisodeStore } from '../../stores/episodeStore.ts'
import { useModelStore } from '../../stores/modelStore.ts'
import { useNoticeStore } from '../../stores/noticeStore.ts'

const NOTICE_ID = 'language'

/**
 * Offers a served policy that knows the words of the open episode, where the present one does not. What is wrong with the words
 * is said where they are used.
 * @param readManifest describes a served model
 */
export function followLanguage(readManifest: (modelId: string) => Promise<Manifest>): void {
  let checked = ''
  const check = () => {
    const { load: model } = useModelStore.getState()
    const { load: episode } = useEpisodeStore.getState()
    if (model.status !== 'ready' || episode.status !== 'ready') return
    const { manifest } = model.model
    const { instruction } = episode.frames
    const pair = JSON.stringify([manifest.id, instruction])
    if (pair === checked) return
    checked = pair
    void offerPolicyFor(instruction, readManifest, () => pair === checked)
  }
  useModelStore.subscribe(check)
  useEpisodeStore.subscribe(check)
}

/**
 * The same for any instruction.
 * @param isCurrent false when the answer has come too late to matter
 */
export async function offerPolicyFor(
  instruction: string,
  readManifest: (modelId: string) => Promise<Manifest>,
  isCurrent: () => boolean = () => true,
): Promise<void> {
  const { load } = useModelStore.getState()
  if (load.status !== 'ready') return
  const { manifest: present } = load.model
  const notices = useNoticeStore.getState()
  const reading = readInstruction(instruction, languageOf(present))
  if (reading.status === 'ok') {
    notices.dismiss(NOTICE_ID)
    return
  }
  const other = await modelThatReads(instruction, readManifest)
  if (!isCurrent()) return
  if (!other) {
    notices.dismiss(NOTICE_ID)
    return
  }
  notices.show({
    id: NOTICE_ID,
    title: `The policy “${present.title}” cannot follow “${instruction}”`,
    lines: [reading.message],
    action: { title: `Open “${other.title}”`, run: () => commands().openModel(other.id) },
  })
}

/** The first served policy, in the order of the list, that knows the words; undefined if none does or can be read. */
async function modelThatReads(
  instruction: string,
  readManifest: (modelId: string) => Promise<Manifest>,
): Promise<{ id: string; title: string } | undefined> {
  const listed = useModelStore.getState().index?.models ?? []
  for (const entry of listed) {
    try {
      if (readInstruction(instruction, languageOf(await readManifest(entry.id))).status === 'ok') return entry
    } catch {
      // A model that cannot be read is no offer.
    }
  }
  return undefined
}
