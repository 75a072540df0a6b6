import { useEffect, useRef } from 'react'
import type { KeyboardEvent, PointerEvent } from 'react'
import { parseForced } from '../../core/pruning/forcedText.ts'
import type { ForcedTokens } from '../../core/pruning/forcedText.ts'
import type { VisualSegment } from '../../core/tokens/layout.ts'
import { brushOver, useBrushStore } from '../../stores/brushStore.ts'
import { useEpisodeStore } from '../../stores/episodeStore.ts'
import { useMethodStore } from '../../stores/methodStore.ts'
import { usePlayerStore } from '../../stores/playerStore.ts'
import { useViewStore } from '../../stores/viewStore.ts'
import { currentPlan, subscribeToPlan } from './currentPlan.ts'
import { createFrameImage } from '../../ui/tokens/frameImage.ts'
import styles from './overlay.module.css'
import { paintView, readPalette } from '../../ui/tokens/paint.ts'
import { moveCursor, tokenAtPoint, tokensAround } from './tokenGrid.ts'

const TITLES = { front: 'Front camera', wrist: 'Wrist camera' } as const

/**
 * One camera with its overlay on one canvas. It paints by subscription: playing an episode renders no React.
 * @param props.segment the view's tokens
 */
export function CameraView({ segment }: { segment: VisualSegment }) {
  const box = useRef<HTMLDivElement>(null)
  const canvas = useRef<HTMLCanvasElement>(null)

  useEffect(() => {
    if (!box.current || !canvas.current) return undefined
    return startPainting(box.current, canvas.current, segment)
  }, [segment])

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
        ref={box}
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

/** Paints whenever something that shows on the canvas changes, at most once a display frame. */
function startPainting(box: HTMLElement, canvas: HTMLCanvasElement, segment: VisualSegment): () => void {
  const context = canvas.getContext('2d', { alpha: false })
  if (!context) return () => undefined
  const frameImage = createFrameImage()
  let palette = readPalette(document.documentElement)
  let due = 0

  const paint = () => {
    due = 0
    const { load } = useEpisodeStore.getState()
    const { frame } = usePlayerStore.getState()
    const { hoveredToken, pinnedToken, bare } = useViewStore.getState()
    const current = currentPlan()
    paintView(context, {
      image: load.status === 'ready' ? frameImage.draw(load.frames, segment.view, frame) : undefined,
      plan: bare || load.status !== 'ready' ? undefined : current?.plan,
      palette,
      start: segment.start,
      rows: segment.rows,
      columns: segment.columns,
      hovered: hoveredToken,
      pinned: pinnedToken,
      cursor: undefined,
      forced: forcedTokens(),
      stale: current?.query.stale ?? false,
    })
    if (load.status === 'ready') describe(box, segment, frame, current)
  }
  const schedule = () => {
    if (due === 0) due = requestAnimationFrame(paint)
  }
  const resize = () => {
    // Whole device pixels per token keep the grid even.
    const perToken = Math.max(4, Math.round((box.clientWidth * devicePixelRatio) / segment.columns))
    canvas.width = perToken * segment.columns
    canvas.height = perToken * segment.rows
    schedule()
  }
  const sizes = new ResizeObserver(resize)
  sizes.observe(box)
  const themes = new MutationObserver(() => {
    palette = readPalette(document.documentElement)
    schedule()
  })
  themes.observe(document.documentElement, { attributeFilter: ['data-theme'] })
  const unsubscribe = subscribeToPlan(schedule)
  const unsubscribeSettings = useMethodStore.subscribe(schedule)
  schedule()
  return () => {
    cancelAnimationFrame(due)
    sizes.disconnect()
    themes.disconnect()
    unsubscribe()
    unsubscribeSettings()
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
  box: HTMLElement,
  segment: VisualSegment,
  frame: number,
  current: ReturnType<typeof currentPlan>,
): void {
  box.dataset.frame = String(frame)
  box.dataset.origin = current?.query.origin ?? 'none'
  box.dataset.stale = String(current?.query.stale ?? false)
  box.dataset.query = current ? String(current.query.query.index) : ''
  if (!current) return
  const own = current.plan.states.slice(segment.start, segment.start + segment.rows * segment.columns)
  box.dataset.kept = String(own.filter((state) => state === 'kept').length)
}
