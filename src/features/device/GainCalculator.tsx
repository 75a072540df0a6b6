import { useId, useState } from 'react'
import { OPENVLA_OFT, predictGain, PUBLISHED_SPEED_UPS } from '../../core/metrics/predictedGain.ts'
import { formatShare } from '../../ui/format.ts'
import styles from './device.module.css'

/** Layers of the paper's stages in a model of 32. */
const STAGES = [5, 10, 15, 20]

/** What the cost model says about a 7B policy at a share kept, beside what papers measured. */
export function GainCalculator() {
  const [keepShare, setKeepShare] = useState(0.3)
  const [otherShare, setOtherShare] = useState(0.2)
  const schedule = { denseLayers: 2, keepShare, stageLayers: STAGES, dropShare: 0.1 }
  const gain = predictGain(OPENVLA_OFT, schedule, otherShare)
  return (
    <section className={styles.calculator} aria-label="What it would save in a 7B policy">
      <h3>What it would save in a 7B policy</h3>
      <p className="muted">
        Predicted, not measured: multiply-accumulates of OpenVLA-OFT (32 layers, 605 tokens), removal after layer 2, a
        tenth less after layers {STAGES.join(', ')}. Memory traffic and overhead are left out, so it is too kind.
      </p>
      <Share label="Visual tokens kept" value={keepShare} onChange={setKeepShare} />
      <Share label="Time outside the language model" value={otherShare} onChange={setOtherShare} />
      <p role="status">
        Budget {formatShare(gain.budget)} of the token-layers · {gain.macSpeedUp.toFixed(2)}× fewer multiply-accumulates
        · {gain.latencySpeedUp.toFixed(2)}× shorter latency at best. Published:{' '}
        {PUBLISHED_SPEED_UPS.map(({ method, speedUp, source }) => `${method} ${speedUp}× (${source})`).join(', ')}.
      </p>
    </section>
  )
}

function Share(props: { label: string; value: number; onChange: (value: number) => void }) {
  const id = useId()
  return (
    <div className={styles.share}>
      <label htmlFor={id}>{props.label}</label>
      <input
        id={id}
        type="range"
        min={0}
        max={1}
        step={0.01}
        value={props.value}
        onChange={(event) => props.onChange(Number(event.target.value))}
      />
      <span>{formatShare(props.value)}</span>
    </div>
  )
}
