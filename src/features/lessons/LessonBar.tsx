import { useLessonStore } from '../../stores/lessonStore.ts'
import { Icon } from '../../ui/Icon.tsx'
import styles from './lessons.module.css'

/** The step of the lesson that is followed, above the cameras; nothing while there is none. */
export function LessonBar() {
  const { lesson, step } = useLessonStore()
  const { follow, leave } = useLessonStore.getState()
  if (!lesson) return null
  const { title, text } = lesson.steps[step]
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
        <button type="button" className="button" disabled={step === 0} onClick={() => follow(lesson, step - 1)}>
          Back
        </button>
        <button
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
