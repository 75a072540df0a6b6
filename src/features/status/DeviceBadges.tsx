import { Popover } from 'radix-ui'
import type { ReactNode } from 'react'
import type { BackendChoice, GoldenReport } from '../../runtime/protocol.ts'
import { useModelStore } from '../../stores/modelStore.ts'
import styles from './status.module.css'
import { backendAdvice, describeCapture, describeDevice, describeGolden, rungTitle } from './statusModel.ts'

/** What runs here, and whether it computes what PyTorch computed. */
export function DeviceBadges() {
  const load = useModelStore((state) => state.load)
  const choice = useModelStore((state) => state.choice)
  if (load.status === 'failed') {
    return (
      <span className="badge" data-tone="danger" data-testid="backend-badge">
        <span className="badge-dot" /> No live policy
      </span>
    )
  }
  if (load.status !== 'ready' || !choice) {
    return (
      <span className="badge" data-testid="backend-badge">
        <span className="badge-dot" data-hollow="" />{' '}
        {load.status === 'loading' ? 'Loading the policy' : 'Policy not loaded'}
      </span>
    )
  }
  return (
    <>
      <BackendBadge choice={choice} />
      <GoldenBadge golden={load.model.golden} />
    </>
  )
}

function BackendBadge({ choice }: { choice: BackendChoice }) {
  const { device, rejected, capture } = choice
  return (
    <BadgePopover
      tone={choice.softwareAdapter ? 'warn' : undefined}
      testId="backend-badge"
      title={describeDevice({ ...device, adapter: undefined })}
    >
      <h3>{describeDevice(device)}</h3>
      <dl className="facts">
        <dt>Browser</dt>
        <dd>{device.agent}</dd>
        <dt>Cross-origin isolated</dt>
        <dd>{device.crossOriginIsolated ? 'yes' : 'no'}</dd>
        {capture && (
          <>
            <dt>Dense graph</dt>
            <dd data-testid="capture" data-status={capture.status}>
              {describeCapture(capture)}
            </dd>
          </>
        )}
      </dl>
      {rejected.length > 0 && (
        <ul className={styles.rejected}>
          {rejected.map(({ rung, reason }) => (
            <li key={rung}>
              <b>Not {rungTitle(rung)}:</b> {reason}
            </li>
          ))}
        </ul>
      )}
      <p className="muted">{backendAdvice(choice)}</p>
    </BadgePopover>
  )
}

function GoldenBadge({ golden }: { golden: GoldenReport }) {
  const passed = golden.status === 'passed'
  return (
    <BadgePopover
      tone={passed ? 'ok' : 'danger'}
      testId="golden-badge"
      title={passed ? 'Golden check passed' : 'Golden check FAILED'}
    >
      <h3>Self-check</h3>
      <p>{describeGolden(golden)}</p>
      <dl className="facts">
        <dt>Actions, largest difference</dt>
        <dd>
          {golden.chunkError.toExponential(2)} of {golden.chunkTolerance.toExponential(1)}
        </dd>
        <dt>Attention, largest difference</dt>
        <dd>
          {golden.scoreError.toExponential(2)} of {golden.scoreTolerance.toExponential(1)}
        </dd>
      </dl>
      {!passed && (
        <p className="muted">
          Numbers from this device cannot be trusted. Try another backend, for example ?backend=wasm.
        </p>
      )}
    </BadgePopover>
  )
}

function BadgePopover(props: { tone: string | undefined; testId: string; title: string; children: ReactNode }) {
  return (
    <Popover.Root>
      <Popover.Trigger className="badge" data-tone={props.tone} data-testid={props.testId}>
        <span className="badge-dot" /> {props.title}
      </Popover.Trigger>
      <Popover.Portal>
        <Popover.Content
          className={`popover ${styles.popover}`}
          aria-label={props.title}
          sideOffset={6}
          align="end"
          collisionPadding={8}
        >
          {props.children}
        </Popover.Content>
      </Popover.Portal>
    </Popover.Root>
  )
}
