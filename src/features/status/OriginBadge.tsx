import type { DeviceInfo } from '../../core/schema/runRecord.ts'
import type { RunOrigin } from '../../stores/runStore.ts'
import { Hint } from '../../ui/Hint.tsx'
import { describeDevice } from './statusModel.ts'

const TITLES: Readonly<Record<RunOrigin, string>> = { recorded: 'Recorded', live: 'Live', preview: 'Preview' }

const HELP: Readonly<Record<RunOrigin, string>> = {
  recorded: 'Computed earlier on another device and shipped with the page.',
  live: 'Computed just now in this browser.',
  preview: 'Selected from cached scores of the unpruned policy; the live run will replace it.',
}

const TONES: Readonly<Record<RunOrigin, string>> = { recorded: 'warn', live: 'ok', preview: 'accent' }

/** Where numbers come from: stands beside every figure. */
export function OriginBadge(props: { origin: RunOrigin; device: DeviceInfo; createdAt: string; stale: boolean }) {
  const { origin, device, createdAt, stale } = props
  const where = origin === 'preview' ? '' : ` · ${describeDevice(device)}`
  return (
    <Hint
      text={
        <>
          {HELP[origin]} {origin !== 'preview' && `${device.agent}, ${createdAt.slice(0, 10)}.`}
          {stale && ' It was made for other settings than those in the panel.'}
        </>
      }
    >
      <button type="button" className="badge" data-tone={TONES[origin]} data-testid="origin-badge" data-origin={origin}>
        <span className="badge-dot" data-hollow={origin === 'live' ? undefined : ''} />
        <span>
          <b>{TITLES[origin]}</b>
          {where}
          {stale && ' · earlier settings'}
        </span>
      </button>
    </Hint>
  )
}
