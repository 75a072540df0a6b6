import { useEffect, useRef } from 'react'
import { useLessonStore } from '../../stores/lessonStore.ts'
import type { FollowedLesson } from '../../stores/lessonStore.ts'
import { Icon } from '../../ui/Icon.tsx'
import styles from './lessons.module.css'

/** The step of the lesson that is followed, above the cameras; nothing while there is none. */
export function LessonBar() {
  const { lesson, step } = useLessonStore()
  return lesson ? <Step key={lesson.id} lesson={lesson} step={step} /> : null
}

function Step({ lesson, step }: { lesson: FollowedLesson; step: number }) {
  const { follow, leave } = useLessonStore.getState()
  const onward = useRef<HTMLButtonElement>(null)
  // The first step may close the tab of lessons, and the focus would be lost with it.
  useEffect(() => {
    onward.current?.focus()
    return focusOpenTab
  }, [])
  const { title, text } = lesson.steps[step]
  const isFirst = step === 0
  const isLast = step === lesson.steps.length - 1
  return (
    <section className={styles.bar} aria-label="Lesson" data-testid="lesson-step">
      <div className={styles.step} aria-live="polite">
        <p className="section-title">
          {lesson.title}, step {step + 1} of {lesson.steps.length}
        </p>
        <p>
          <b>{title}.</b> {text}
        </p>
      </div>
      <div className={styles.buttons}>
        <button
          type="button"
          className="button"
          // Not disabled: that would drop the focus of somebody who goes back by keyboard.
          aria-disabled={isFirst}
          onClick={() => !isFirst && follow(lesson, step - 1)}
        >
          Back
        </button>
        <button
          ref={onward}
          type="button"
          className="button"
          data-primary=""
          onClick={() => (isLast ? leave() : follow(lesson, step + 1))}
        >
          {isLast ? 'Done' : 'Next'}
        </button>
        <button type="button" className="button" data-quiet data-icon aria-label="Leave the lesson" onClick={leave}>
          <Icon name="close" />
        </button>
      </div>
    </section>
  )
}

/** Where somebody goes on by keyboard who has left a lesson: the next lesson is one of the tabs beside it. */
function focusOpenTab(): void {
  document.querySelector<HTMLElement>('[role=tab][aria-selected=true]')?.focus({ preventScroll: true })
}
