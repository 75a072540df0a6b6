import type { Citation, SelectorDefinition } from '../../core/pruning/contract.ts'
import { memo } from 'react'
import { redoSettings, undoSettings, useSettingsHistory } from '../../stores/settingsHistory.ts'
import { ActionHint } from '../../ui/ActionHint.tsx'
import { Icon } from '../../ui/Icon.tsx'
import { Choice } from './Choice.tsx'
import { OwnSelector } from './OwnSelector.tsx'
import { methodOptions } from './panelModel.ts'
import styles from './pruning.module.css'

interface MethodHeadProps {
  definition: SelectorDefinition
  methods: readonly SelectorDefinition[]
  presetId: string | undefined
  /** Number of parameters that differ from the preset. */
  changed: number
  onMethod(id: string): void
  onPreset(id: string | undefined): void
}

/** Which method, which preset of it, and where they come from. */
export const MethodHead = memo(function MethodHead(props: MethodHeadProps) {
  const { definition, methods, presetId, changed, onMethod, onPreset } = props
  const preset = definition.presets.find((candidate) => candidate.id === presetId)
  const citation = preset?.citation ?? definition.citation
  return (
    <div className={styles.head}>
      <label className={styles.headRow}>
        <span>Method</span>
        <Choice
          label="Method"
          testId="method-select"
          value={definition.id}
          options={methodOptions(methods)}
          onChange={onMethod}
        />
      </label>
      <p className={styles.summary}>{definition.summary}</p>
      {definition.presets.length > 0 && (
        <label className={styles.headRow}>
          <span>Preset</span>
          <Choice
            label="Preset"
            testId="preset-select"
            value={presetId ?? ''}
            options={definition.presets.map(({ id, title }) => ({ value: id, title }))}
            onChange={onPreset}
          />
        </label>
      )}
      <div className={styles.headFoot}>
        <CitationLine citation={citation} />
        <OwnSelector />
        <HistoryButtons />
        <ActionHint action="method.reset">
          <button
            type="button"
            className="button"
            disabled={changed === 0}
            onClick={() => onPreset(presetId)}
            data-testid="reset-parameters"
          >
            Reset{changed > 0 ? ` ${changed}` : ''}
          </button>
        </ActionHint>
      </div>
    </div>
  )
})

/** Back and forth through the changes of settings. */
function HistoryButtons() {
  const canUndo = useSettingsHistory(({ past }) => past.length > 0)
  const canRedo = useSettingsHistory(({ future }) => future.length > 0)
  return (
    <span className={styles.history}>
      <ActionHint action="method.undo">
        <button
          type="button"
          className="button"
          data-quiet
          data-icon
          aria-label="Undo"
          disabled={!canUndo}
          onClick={undoSettings}
          data-testid="undo"
        >
          <Icon name="undo" />
        </button>
      </ActionHint>
      <ActionHint action="method.redo">
        <button
          type="button"
          className="button"
          data-quiet
          data-icon
          aria-label="Redo"
          disabled={!canRedo}
          onClick={redoSettings}
          data-testid="redo"
        >
          <Icon name="redo" />
        </button>
      </ActionHint>
    </span>
  )
}

function CitationLine({ citation }: { citation: Citation }) {
  if (citation.source === '') return <span className="muted">{citation.title}</span>
  return (
    <cite className={styles.citation} data-testid="citation">
      {citation.url ? (
        <a href={citation.url} target="_blank" rel="noreferrer" title={citation.title}>
          {citation.source}
        </a>
      ) : (
        <span title={citation.title}>{citation.source}</span>
      )}
    </cite>
  )
}
