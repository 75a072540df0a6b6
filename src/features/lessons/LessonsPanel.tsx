import { useEffect, useState } from 'react'
import { useLessonStore } from '../../stores/lessonStore.ts'
import styles from './lessons.module.css'
import { lessonsSchema } from './lessonsSchema.ts'
import type { Lesson } from './lessonsSchema.ts'

type LessonsState =
  { status: 'loading' } | { status: 'ready'; lessons: readonly Lesson[] } | { status: 'failed'; message: string }

/** The lessons to choose from; every step is a share link, so what it shows can be changed and shared at any time. */
export function LessonsPanel() {
  const state = useLessons()
  const followed = useLessonStore((store) => store.lesson?.id)
  const { follow } = useLessonStore.getState()
  if (state.status === 'loading') return <p className="muted">Opening lessons…</p>
  if (state.status === 'failed') return <p role="alert">{state.message}</p>
  return (
    <section className={styles.panel} aria-label="Lessons" data-testid="lessons">
      <p className="muted">Each step sets the page up and says what to look at. Change anything on the way.</p>
      <ol className={styles.list}>
        {state.lessons.map((lesson) => (
          <li key={lesson.id}>
            <button
              type="button"
              aria-current={followed === lesson.id}
              onClick={() => follow(lesson, 0)}
              data-testid={`lesson-${lesson.id}`}
            >
              <b>{lesson.title}</b>{' '}
              <span className="muted">{lesson.steps.map(({ title }) => title.toLowerCase()).join(' · ')}</span>
            </button>
          </li>
        ))}
      </ol>
    </section>
  )
}

function useLessons(): LessonsState {
  const [state, setState] = useState<LessonsState>({ status: 'loading' })
  useEffect(() => {
    const controller = new AbortController()
    fetch(new URL('lessons/lessons.json', document.baseURI), { signal: controller.signal })
      .then(async (response) => {
        if (!response.ok) throw new Error(`the server answered ${response.status}`)
        setState({ status: 'ready', lessons: lessonsSchema.parse(await response.json()).lessons })
      })
      .catch((error: unknown) => {
        if (controller.signal.aborted) return
        const reason = error instanceof Error ? error.message : String(error)
        setState({ status: 'failed', message: `The lessons could not be opened: ${reason}. Reload the page.` })
      })
    return () => controller.abort()
  }, [])
  return state
}
