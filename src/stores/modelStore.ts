import { create } from 'zustand'
import type { ModelIndex } from '../core/schema/modelIndex.ts'
import type { BackendChoice, BackendRung, LoadProgress, LoadedModel, ModelStorage } from '../runtime/protocol.ts'

export type ModelLoad =
  /** Nothing asked for yet. */
  | { status: 'idle' }
  /** Known size, waiting for a person to start it. */
  | { status: 'planned'; totalBytes: number; reason: string }
  | { status: 'loading'; progress: LoadProgress | undefined; bytesPerSecond: number | undefined }
  | { status: 'ready'; model: LoadedModel }
  | { status: 'cancelled' }
  | { status: 'failed'; message: string }

export interface ModelState {
  index: ModelIndex | undefined
  modelId: string | undefined
  /** `?backend=`: the rung that this page is held to. */
  forcedBackend: BackendRung | undefined
  /** `?storage=`: how the weights are to be stored. */
  forcedStorage: ModelStorage | undefined
  load: ModelLoad
  /** The backend that runs now; differs from the loaded model's after a GPU was lost. */
  choice: BackendChoice | undefined
  /** Set when the GPU was lost: what happened, in a sentence. */
  backendNote: string | undefined
}

export interface ModelActions {
  setIndex(index: ModelIndex, modelId: string): void
  setForcedBackend(rung: BackendRung | undefined): void
  setForcedStorage(storage: ModelStorage | undefined): void
  setLoad(load: ModelLoad): void
  setChoice(choice: BackendChoice, note?: string): void
  dismissBackendNote(): void
}

const DEFAULTS: ModelState = {
  index: undefined,
  modelId: undefined,
  forcedBackend: undefined,
  forcedStorage: undefined,
  load: { status: 'idle' },
  choice: undefined,
  backendNote: undefined,
}

/** The policy's weights: which, how far they are loaded, and what they run on. */
export const useModelStore = create<ModelState & ModelActions>((set) => ({
  ...DEFAULTS,
  setIndex: (index, modelId) => set({ index, modelId }),
  setForcedBackend: (forcedBackend) => set({ forcedBackend }),
  setForcedStorage: (forcedStorage) => set({ forcedStorage }),
  setLoad: (load) => set(load.status === 'ready' ? { load, choice: load.model.choice } : { load }),
  setChoice: (choice, backendNote) => set({ choice, backendNote }),
  dismissBackendNote: () => set({ backendNote: undefined }),
}))

/** The loaded model, or undefined while there is none. */
export function useLoadedModel(): LoadedModel | undefined {
  return useModelStore((state) => (state.load.status === 'ready' ? state.load.model : undefined))
}
