import { create } from 'zustand'
import { brushForced, formatForced, parseForced } from '../core/pruning/forcedText.ts'
import type { BrushTool } from '../core/pruning/forcedText.ts'
import { useMethodStore } from './methodStore.ts'

export interface BrushState {
  /** Undefined: the brush is put away, and a click pins a token. */
  tool: BrushTool | undefined
  /** Side of the square of tokens that it covers. */
  size: 1 | 3
}

export interface BrushActions {
  setTool(tool: BrushTool | undefined): void
  setSize(size: BrushState['size']): void
}

/** The brush in the reader's hand. What it has painted is a setting of the method (`forced`), so undo and links hold it. */
export const useBrushStore = create<BrushState & BrushActions>((set) => ({
  tool: undefined,
  size: 1,
  setTool: (tool) => set({ tool }),
  setSize: (size) => set({ size }),
}))

/** Brushes over tokens with the tool in hand; without one, or where nothing changes, it does nothing. */
export function brushOver(ids: readonly number[]): void {
  const { tool } = useBrushStore.getState()
  const { forced, apply } = useMethodStore.getState()
  if (!tool) return
  const next = formatForced(brushForced(parseForced(forced), ids, tool))
  if (next !== forced) apply({ forced: next })
}

/** Takes the brush up, or puts it away. */
export function toggleBrush(): void {
  const { tool, setTool } = useBrushStore.getState()
  setTool(tool === undefined ? 'drop' : undefined)
}

/** Leaves every token to the method again. */
export function clearBrush(): void {
  const { forced, apply } = useMethodStore.getState()
  if (forced !== '') apply({ forced: '' })
}
