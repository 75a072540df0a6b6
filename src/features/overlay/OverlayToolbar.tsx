import { Slider, Toggle, ToggleGroup } from 'radix-ui'
import type { ScoreRows } from '../../core/pruning/contract.ts'
import { OVERLAY_MODES } from '../../core/share/state.ts'
import type { OverlayMode } from '../../core/share/state.ts'
import { toggleBrush, useBrushStore } from '../../stores/brushStore.ts'
import { useViewStore } from '../../stores/viewStore.ts'
import { ActionHint } from '../../ui/ActionHint.tsx'
import styles from './overlay.module.css'

const MODES: Readonly<Record<OverlayMode, { title: string; help: string }>> = {
  sets: { title: 'Kept sets', help: 'Which set kept each token; dropped tokens are dark and hatched.' },
  survival: { title: 'Survival depth', help: 'How many layers each token took part in.' },
  scores: { title: 'Scores', help: 'Attention that each token received in one layer.' },
  truth: { title: 'Ground truth', help: 'What the simulator knows each patch to show. The policy never sees this.' },
}

/** Chooses what is painted on the cameras, for which layer and, for scores, for which rows. */
export function OverlayToolbar({ layers }: { layers: number }) {
  const { overlay, layer, scoreRows, bare, outlineTruth } = useViewStore()
  const { setOverlay, setLayer, setScoreRows, setBare, setOutlineTruth } = useViewStore.getState()
  const tool = useBrushStore((state) => state.tool)
  const shown = Math.min(layer ?? layers, layers)
  return (
    <div className={styles.toolbar}>
      <ToggleGroup.Root
        type="single"
        className={styles.segments}
        value={overlay}
        onValueChange={(value) => value && setOverlay(value as OverlayMode)}
        aria-label="Overlay"
        data-testid="overlay-modes"
      >
        {OVERLAY_MODES.map((mode) => (
          <ActionHint key={mode} action={`view.${mode}`} text={MODES[mode].help}>
            <ToggleGroup.Item value={mode} className={styles.segment}>
              {MODES[mode].title}
            </ToggleGroup.Item>
          </ActionHint>
        ))}
      </ToggleGroup.Root>
      <div className={styles.layer} data-inactive={overlay === 'truth' ? '' : undefined}>
        <span id="overlay-layer">{overlay === 'scores' ? 'Layer' : 'After layer'}</span>
        <Slider.Root
          className={styles.layerSlider}
          min={overlay === 'scores' ? 1 : 0}
          max={layers}
          step={1}
          value={[shown]}
          disabled={overlay === 'truth'}
          onValueChange={([value]) => setLayer(value === layers ? undefined : value)}
        >
          <Slider.Track className={styles.layerTrack}>
            <Slider.Range className={styles.layerRange} />
          </Slider.Track>
          <Slider.Thumb className={styles.layerThumb} aria-labelledby="overlay-layer" data-testid="layer-slider" />
        </Slider.Root>
        <output className={styles.layerValue}>
          {shown}/{layers}
        </output>
      </div>
      {overlay === 'scores' && (
        <ToggleGroup.Root
          type="single"
          className={styles.segments}
          value={scoreRows}
          onValueChange={(value) => value && setScoreRows(value as ScoreRows)}
          aria-label="Rows that attend"
        >
          <ToggleGroup.Item value="text" className={styles.segment}>
            Text rows
          </ToggleGroup.Item>
          <ToggleGroup.Item value="action" className={styles.segment}>
            Action rows
          </ToggleGroup.Item>
        </ToggleGroup.Root>
      )}
      <ActionHint
        action="view.brush"
        text="Paint tokens that must stay or go, whatever the method says, and see what that does to the actions."
      >
        <Toggle.Root
          className={`button ${styles.tool}`}
          pressed={tool !== undefined}
          onPressedChange={toggleBrush}
          data-testid="brush-toggle"
        >
          Brush
        </Toggle.Root>
      </ActionHint>
      <ActionHint
        action="view.outline"
        text="Outline the target object and its destination on top of the overlay. The simulator knows them; the policy and the method do not."
      >
        <Toggle.Root
          className={`button ${styles.outline}`}
          pressed={outlineTruth}
          onPressedChange={setOutlineTruth}
          disabled={overlay === 'truth'}
          data-testid="outline-truth"
        >
          Outline truth
        </Toggle.Root>
      </ActionHint>
      <ActionHint action="view.bare" text="Lift the overlay off the images.">
        <Toggle.Root
          className={`button ${styles.bare}`}
          pressed={bare}
          onPressedChange={setBare}
          data-testid="bare-image"
        >
          Bare
        </Toggle.Root>
      </ActionHint>
    </div>
  )
}
