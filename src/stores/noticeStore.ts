import { create } from 'zustand'

/** A visible, dismissible note, for example about a link that was not understood. */
export interface Notice {
  id: string
  title: string
  lines: readonly string[]
  /** Something to do about it. */
  action?: { title: string; run(): void }
}

export interface NoticeState {
  notices: readonly Notice[]
}

export interface NoticeActions {
  /** Shows a notice; one with the same id is replaced. */
  show(notice: Notice): void
  dismiss(id: string): void
}

/** Notes at the top of the page. */
export const useNoticeStore = create<NoticeState & NoticeActions>((set) => ({
  notices: [],
  show: (notice) => set((state) => ({ notices: [...state.notices.filter(({ id }) => id !== notice.id), notice] })),
  dismiss: (dismissed) => set((state) => ({ notices: state.notices.filter(({ id }) => id !== dismissed) })),
}))
