import { useState } from 'react'
import { suiteIds } from '../../simulation/instructedTask.ts'
import { commands } from '../../stores/commands.ts'
import { useLoadedModel } from '../../stores/modelStore.ts'
import { useSimulatorStore } from '../../stores/simulatorStore.ts'
import { ask } from './request.ts'
import styles from './simulator.module.css'
import { describePhase } from './simulatorModel.ts'

/** Which scene, and what the policy is told. */
export function StartForm() {
  const suite = useSimulatorStore((state) => state.suite)
  const seed = useSimulatorStore((state) => state.seed)
  const begin = (nextSuite: string, nextSeed: number) => ask((simulator) => simulator.begin(nextSuite, nextSeed))
  return (
    <div className={styles.form}>
      <label>
        Suite
        <select value={suite} onChange={(event) => begin(event.target.value, seed)} data-testid="simulator-suite">
          {suiteIds().map((id) => (
            <option key={id}>{id}</option>
          ))}
        </select>
      </label>
      <label>
        Seed
        <input
          type="number"
          min={0}
          max={99_999_999}
          step={1}
          value={seed}
          onChange={({ target }) => {
            const { valueAsNumber } = target
            if (Number.isInteger(valueAsNumber) && valueAsNumber >= 0) begin(suite, valueAsNumber)
          }}
          data-testid="simulator-seed"
        />
      </label>
      <Instruction />
    </div>
  )
}

function Instruction() {
  const instruction = useSimulatorStore((state) => state.instruction)
  const note = useSimulatorStore((state) => state.instructionNote)
  const own = useSimulatorStore((state) => state.begun?.taskInstruction)
  const [draft, setDraft] = useState<string>()
  const give = (text: string) => {
    setDraft(undefined)
    ask((simulator) => simulator.instruct(text))
  }
  return (
    <form
      className={styles.instruction}
      onSubmit={(event) => {
        event.preventDefault()
        give(draft ?? instruction)
      }}
    >
      <label>
        Instruction
        <input
          type="text"
          value={draft ?? instruction}
          onChange={(event) => setDraft(event.target.value)}
          onBlur={() => draft !== undefined && give(draft)}
          aria-describedby="instruction-note"
          data-testid="simulator-instruction"
        />
      </label>
      {own !== undefined && instruction !== own && (
        <button type="button" className="button" onClick={() => give(own)}>
          The task’s own
        </button>
      )}
      <span id="instruction-note" role="status" className={styles.problem} data-testid="simulator-instruction-note">
        {note?.text}
      </span>
    </form>
  )
}

/** Act, pause, stop, begin again, keep. */
export function ActControls() {
  const phase = useSimulatorStore((state) => state.phase)
  const queryCount = useSimulatorStore((state) => state.queryCount)
  const note = useSimulatorStore((state) => state.note)
  const saving = useSimulatorStore((state) => state.saving)
  const suite = useSimulatorStore((state) => state.suite)
  const seed = useSimulatorStore((state) => state.seed)
  const wrongWords = useSimulatorStore((state) => state.instructionNote?.kind === 'wrong')
  const model = useLoadedModel()
  const acting = phase.status === 'acting'
  const resting = phase.status === 'waiting' || phase.status === 'paused'
  return (
    <div className={styles.controls}>
      {acting ? (
        <button
          type="button"
          className="button"
          onClick={() => ask((simulator) => simulator.pause())}
          data-testid="simulator-pause"
        >
          Pause
        </button>
      ) : (
        <button
          type="button"
          className="button"
          data-primary
          disabled={!model || !resting || wrongWords}
          onClick={() => ask((simulator) => simulator.act())}
          data-testid="simulator-act"
        >
          {phase.status === 'paused' ? 'Go on' : 'Let it act'}
        </button>
      )}
      <button
        type="button"
        className="button"
        disabled={!acting && phase.status !== 'paused'}
        onClick={() => ask((simulator) => simulator.stop())}
        data-testid="simulator-stop"
      >
        Stop
      </button>
      <button type="button" className="button" onClick={() => ask((simulator) => simulator.begin(suite, seed))}>
        Begin again
      </button>
      <button
        type="button"
        className="button"
        disabled={queryCount === 0 || acting || saving}
        onClick={() => ask((simulator) => simulator.save())}
        data-testid="simulator-save"
      >
        {saving ? 'Rendering…' : 'Open in the player'}
      </button>
      <button
        type="button"
        className="button"
        disabled={queryCount === 0 || acting || saving}
        onClick={() => ask((simulator) => simulator.download())}
        data-testid="simulator-download"
      >
        Download (LeRobot)
      </button>
      {!model && (
        <button type="button" className="button" onClick={() => commands().startLoad()}>
          Load the policy
        </button>
      )}
      <p role="status" className={styles.status} data-testid="simulator-status">
        {describePhase(phase, queryCount)} {note}
      </p>
    </div>
  )
}
