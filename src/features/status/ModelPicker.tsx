import { commands } from '../../stores/commands.ts'
import { useModelStore } from '../../stores/modelStore.ts'
import styles from './status.module.css'
import { offeredModels } from './modelChoices.ts'

/** Which policy the page runs. Another one reloads the page: its weights and scores are of no use to each other. */
export function ModelPicker() {
  const index = useModelStore((state) => state.index)
  const modelId = useModelStore((state) => state.modelId)
  const loaded = useModelStore((state) => (state.load.status === 'ready' ? state.load.model.manifest.title : undefined))
  const models = offeredModels(index, modelId, loaded)
  if (models.length < 2) return <p className={styles.modelTitle}>{models.at(0)?.title ?? '…'}</p>
  return (
    <select
      className={styles.modelPicker}
      aria-label="Policy"
      value={modelId}
      onChange={(event) => commands().openModel(event.target.value)}
      data-testid="model-picker"
    >
      {models.map(({ id, title }) => (
        <option key={id} value={id}>
          {title}
        </option>
      ))}
    </select>
  )
}
