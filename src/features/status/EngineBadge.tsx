import type { QueryRecord } from '../../core/schema/runRecord.ts'
import { Hint } from '../../ui/Hint.tsx'
import { describeEngine } from './statusModel.ts'

/** What ran a query, and why it was not the fused graph where that was asked for. */
export function EngineBadge({ query }: { query: QueryRecord }) {
  const { engine } = query
  if (engine === undefined) return null
  return (
    <Hint text={describeEngine(query)}>
      <button type="button" className="badge" data-testid="engine-badge" data-engine={engine}>
        {engine} engine
      </button>
    </Hint>
  )
}
