// @vitest-environment jsdom
import { beforeEach, describe, expect, it, vi } from 'vitest'
import type { Manifest } from '../../core/schema/manifest.ts'
import { createLayout } from '../../core/tokens/layout.ts'
import type { RecordedEpisode } from '../../data/episodeSource.ts'
import type { LoadedModel } from '../../runtime/protocol.ts'
import { commands, provideCommands } from '../../stores/commands.ts'
import { useEpisodeStore } from '../../stores/episodeStore.ts'
import { useModelStore } from '../../stores/modelStore.ts'
import { useNoticeStore } from '../../stores/noticeStore.ts'
import { followLanguage } from './language.ts'

const layout = createLayout({ views: [{ view: 'front', rows: 4, columns: 4 }], words: 4, queries: 8 })
const vocabularies: Record<string, string[]> = {
  small: ['<pad>', 'take', 'cube'],
  large: ['<pad>', 'take', 'cube', 'left'],
}

function manifest(id: string): Manifest {
  return { id, title: `Policy ${id}`, layout, input: { vocabulary: vocabularies[id] } } as unknown as Manifest
}

function served(...ids: string[]) {
  const models = ids.map((id) => ({ id, title: `Policy ${id}` }))
  useModelStore.setState({ index: { default: ids[0], models } })
}

function openModel(id: string) {
  useModelStore.setState({ load: { status: 'ready', model: { manifest: manifest(id) } as unknown as LoadedModel } })
}

function openEpisode(instruction: string) {
  const frames = { key: instruction, instruction } as unknown as RecordedEpisode
  const ref = { dataset: 'test', index: 0 }
  useEpisodeStore.setState({ load: { status: 'ready', ref, frames: frames } })
}

const notice = () => useNoticeStore.getState().notices.find(({ id }) => id === 'language')
const openModelCommand = vi.fn()

describe('words that the policy does not know', () => {
  beforeEach(() => {
    useNoticeStore.setState({ notices: [] })
    useModelStore.setState(useModelStore.getInitialState())
    useEpisodeStore.setState(useEpisodeStore.getInitialState())
    openModelCommand.mockClear()
    provideCommands({ ...commands(), openModel: openModelCommand })
    followLanguage((id) =>
      id in vocabularies ? Promise.resolve(manifest(id)) : Promise.reject(new Error('not served')),
    )
  })

  it('are named, and a served policy that knows them is offered', async () => {
    served('small', 'missing', 'large')
    openModel('small')
    openEpisode('take left cube')
    await vi.waitFor(() => expect(notice()?.title).toContain('Policy small'))
    expect(notice()?.lines.join()).toContain('“left”')
    expect(notice()?.action?.title).toContain('Policy large')
    notice()?.action?.run()
    expect(openModelCommand).toHaveBeenCalledExactlyOnceWith('large')
  })

  it('are no offer where no policy knows them', async () => {
    served('small', 'large')
    openModel('small')
    openEpisode('take left cube')
    await vi.waitFor(() => expect(notice()).toBeDefined())
    openEpisode('take purple cube')
    await vi.waitFor(() => expect(notice()).toBeUndefined())
  })

  it('are forgotten at an episode that the policy can read', async () => {
    served('small', 'large')
    openModel('small')
    openEpisode('take left cube')
    await vi.waitFor(() => expect(notice()).toBeDefined())
    openEpisode('take cube')
    expect(notice()).toBeUndefined()
  })

  it('are no matter once another episode is open before the answer', async () => {
    served('small', 'large')
    openModel('small')
    openEpisode('take left cube')
    openEpisode('take cube')
    await new Promise((resolve) => setTimeout(resolve, 20))
    expect(notice()).toBeUndefined()
  })
})
