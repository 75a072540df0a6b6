import { create } from 'zustand'

/** A lesson as far as following it needs. */
export interface FollowedLesson {
  id: string
  title: string
  steps: readonly { title: string; text: string; link: string }[]
}

export interface LessonState {
  lesson: FollowedLesson | undefined
  /** From 0. */
  step: number
}

export interface LessonActions {
  /** Goes to a step; the page opens its link. */
  follow(lesson: FollowedLesson, step: number): void
  leave(): void
}

/** The lesson that is followed; it stays while its steps open other tabs. */
export const useLessonStore = create<LessonState & LessonActions>((set) => ({
  lesson: undefined,
  step: 0,
  follow: (lesson, step) => {
    set({ lesson, step })
    window.location.hash = lesson.steps[step].link
  },
  leave: () => set({ lesson: undefined, step: 0 }),
}))
