import { create } from 'zustand'

/** Panels that an action can open; one at a time. */
export type DialogId = 'palette' | 'keys' | 'share'

interface DialogState {
  opened: DialogId | undefined
}

interface DialogActions {
  open(id: DialogId): void
  /** Closes the panel if it is the one that is open. */
  close(id: DialogId): void
}

/** Which of the page's panels is open. */
export const useDialogStore = create<DialogState & DialogActions>((set) => ({
  opened: undefined,
  open: (opened) => set({ opened }),
  close: (id) => set((state) => (state.opened === id ? { opened: undefined } : state)),
}))

/** Whether a panel is open, and the way to open and close it, as Radix' roots take them. */
export function useDialog(id: DialogId): { open: boolean; onOpenChange(open: boolean): void } {
  const open = useDialogStore((state) => state.opened === id)
  const { open: show, close } = useDialogStore.getState()
  return { open, onOpenChange: (next) => (next ? show(id) : close(id)) }
}
