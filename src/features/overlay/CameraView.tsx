import type { KeyboardEvent, PointerEvent } from 'react'
import { parseForced } from '../../core/pruning/forcedText.ts'
import type { ForcedTokens } from '../../core/pruning/forcedText.ts'
import type { VisualSegment } from '../../core/tokens/layout.ts'
import { brushOver, useBrushStore } from '../../stores/brushStore.ts'
import { useEpisodeStore } from '../../stores/episodeStore.ts'
import { useMethodStore } from '../../stores/methodStore.ts'
import { usePlayerStore } from '../../stores/playerStore.ts'
import { useViewStore } from '../../stores/viewStore.ts'
import { createFrameImage } from '../../ui/tokens/frameImage.ts'
import { useTokenPainting } from '../../ui/tokens/useTokenPainting.ts'
import type { TokenPainter } from '../../ui/tokens/useTokenPainting.ts'
import { currentPlan, subscribeToPlan } from './currentPlan.ts'
import styles from './overlay.module.css'
import { moveCursor, tokenAtPoint, tokensAround } from './tokenGrid.ts'

const TITLES = { front: 'Front camera', wrist: 'Wrist camera' } as const

/**
 * One camera with its overlay on one canvas. It paints by subscription: playing an episode renders no React.
 * @param props.segment the view's tokens
 */
export function CameraView({ segment }: { segment: VisualSegment }) {
  const canvas = useTokenPainting(segment, makePainter)
  const tokenUnder = (event: PointerEvent) => {
    const area = event.currentTarget.getBoundingClientRect()
    return tokenAtPoint(segment, (event.clientX - area.left) / area.width, (event.clientY - area.top) / area.height)
  }
  const view = useViewStore.getState
  const tool = useBrushStore((state) => state.tool)
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return
    const { hoveredToken, pinnedToken, hoverToken, togglePin, setPin } = view()
    if ((event.key === 'Enter' || event.key === ' ') && hoveredToken !== undefined) {
      if (!brushAt(segment, hoveredToken)) togglePin(hoveredToken)
    } else if (event.key === 'Escape' && pinnedToken !== undefined) setPin(undefined)
    else {
      const next = event.shiftKey ? undefined : moveCursor(segment, hoveredToken, event.key)
      if (next === undefined) return
      hoverToken(next)
    }
    // The page's own arrow and space keys drive the player.
    event.preventDefault()
    event.stopPropagation()
  }

  return (
    <figure className={styles.camera}>
      <figcaption className={styles.caption}>
        <span>{TITLES[segment.view]}</span>
        <span className="muted">
          {segment.columns} × {segment.rows} tokens
        </span>
      </figcaption>
      <div
        className={styles.stage}
        data-testid={`camera-${segment.view}`}
        role="application"
        aria-roledescription="token grid"
        aria-label={`${TITLES[segment.view]}: arrow keys move between tokens, Enter pins one`}
        aria-describedby="token-story"
        tabIndex={0}
        onKeyDown={onKeyDown}
        data-brush={tool}
        onPointerDown={(event) => {
          if (event.button === 0) brushAt(segment, tokenUnder(event))
        }}
        onPointerMove={(event) => {
          const token = tokenUnder(event)
          view().hoverToken(token)
          if ((event.buttons & 1) === 1) brushAt(segment, token)
        }}
        onPointerLeave={() => view().hoverToken(undefined)}
        onBlur={() => view().hoverToken(undefined)}
        onClick={(event) => {
          const token = tokenUnder(event as PointerEvent<HTMLDivElement>)
          if (token !== undefined && tool === undefined) view().togglePin(token)
        }}
      >
        <canvas ref={canvas} className={styles.canvas} />
      </div>
    </figure>
  )
}

/** Brushes around a token. @returns false if no brush is in hand */
function brushAt(segment: VisualSegment, token: number | undefined): boolean {
  const { tool, size } = useBrushStore.getState()
  if (!tool) return false
  if (token !== undefined) brushOver(tokensAround(segment, token, size))
  return true
}

/** Paints what is on the screen, and says on the stage around the canvas what it painted. */
function makePainter(canvas: HTMLCanvasElement, segment: VisualSegment): TokenPainter {
  const frameImage = createFrameImage()
  return {
    moment() {
      const { load } = useEpisodeStore.getState()
      const { hoveredToken, pinnedToken, bare } = useViewStore.getState()
      const current = currentPlan()
      const isReady = load.status === 'ready'
      return {
        image: isReady ? frameImage.draw(load.frames, segment.view, usePlayerStore.getState().frame) : undefined,
        plan: bare || !isReady ? undefined : current?.plan,
        hovered: hoveredToken,
        pinned: pinnedToken,
        forced: forcedTokens(),
        stale: current?.query.stale ?? false,
      }
    },
    painted() {
      const isReady = useEpisodeStore.getState().load.status === 'ready'
      const stage = canvas.parentElement
      if (isReady && stage) describe(stage, segment, usePlayerStore.getState().frame, currentPlan())
    },
    subscribe(listener) {
      const stops = [subscribeToPlan(listener), useMethodStore.subscribe(listener)]
      return () => stops.forEach((stop) => stop())
    },
  }
}

let lastForced: { text: string; tokens: ForcedTokens } | undefined

/** What the brush has painted; parsed once for both cameras. */
function forcedTokens(): ForcedTokens | undefined {
  const { forced } = useMethodStore.getState()
  if (forced === '') return undefined
  if (lastForced?.text !== forced) lastForced = { text: forced, tokens: parseForced(forced) }
  return lastForced.tokens
}

/** What was painted, as attributes: tests and style sheets read them. */
function describe(
  stage: HTMLElement,
  segment: VisualSegment,
  frame: number,
  current: ReturnType<typeof currentPlan>,
): void {
  stage.dataset.frame = String(frame)
  stage.dataset.origin = current?.query.origin ?? 'none'
  stage.dataset.stale = String(current?.query.stale ?? false)
  stage.dataset.query = current ? String(current.query.query.index) : ''
  if (!current) return
  const own = current.plan.states.slice(segment.start, segment.start + segment.rows * segment.columns)
  stage.dataset.kept = String(own.filter((state) => state === 'kept').length)
}
