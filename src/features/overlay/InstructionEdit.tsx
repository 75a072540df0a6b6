import { useState } from 'react'
import { languageOf, readInstruction } from '../../core/tokens/instruction.ts'
import { useEpisodeFrames } from '../../stores/episodeStore.ts'
import { useMethodStore } from '../../stores/methodStore.ts'
import { useLoadedModel } from '../../stores/modelStore.ts'
import styles from './overlay.module.css'

/** Gives the policy another instruction than the episode's own, in words that it knows. */
export function InstructionEdit() {
  const own = useEpisodeFrames()?.instruction ?? ''
  const edited = useMethodStore((state) => state.instruction)
  const model = useLoadedModel()
  const [draft, setDraft] = useState<string | undefined>()
  const [problem, setProblem] = useState<string | undefined>()
  const { apply } = useMethodStore.getState()

  const submit = () => {
    if (draft === undefined) return
    if (!model) {
      setProblem('The policy is not loaded yet; its vocabulary says which words can be used.')
      return
    }
    const check = readInstruction(draft, languageOf(model.manifest))
    setProblem(check.status === 'wrong' ? check.message : undefined)
    if (check.status === 'wrong') return
    setDraft(undefined)
    const instruction = check.instruction === own ? '' : check.instruction
    if (instruction !== edited) apply({ instruction })
  }
  const reset = () => {
    setDraft(undefined)
    setProblem(undefined)
    if (edited !== '') apply({ instruction: '' })
  }

  return (
    <form
      className={styles.instruction}
      onSubmit={(event) => {
        event.preventDefault()
        submit()
      }}
    >
      <label>
        <span className="muted">Instruction</span>
        <input
          type="text"
          value={draft ?? (edited || own)}
          onChange={(event) => setDraft(event.target.value)}
          aria-invalid={problem !== undefined}
          aria-describedby={problem === undefined ? undefined : 'instruction-problem'}
          data-testid="asked-instruction"
          data-edited={edited === '' ? undefined : ''}
        />
      </label>
      <button type="submit" className="button" disabled={draft === undefined}>
        Ask
      </button>
      {(edited !== '' || draft !== undefined) && (
        <button type="button" className="button" data-quiet onClick={reset}>
          The episode’s own
        </button>
      )}
      {problem !== undefined && (
        <p role="alert" id="instruction-problem" className={styles.problem} data-testid="instruction-problem">
          {problem}
        </p>
      )}
    </form>
  )
}
