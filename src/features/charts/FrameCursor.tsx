import { useEffect, useRef } from 'react'
import type { FrameSource } from './frameSource.ts'
import { frameLeft } from './plotGeometry.ts'
import styles from './charts.module.css'

/** The line at the current frame. It moves itself, so that playback renders no chart. */
export function FrameCursor({ frames, frameCount }: { frames: FrameSource; frameCount: number }) {
  const line = useRef<HTMLDivElement>(null)
  useEffect(() => {
    const move = () => {
      if (line.current) line.current.style.left = frameLeft(frames.get(), frameCount)
    }
    move()
    return frames.subscribe(move)
  }, [frames, frameCount])
  return <div ref={line} className={styles.cursor} data-testid="frame-cursor" aria-hidden="true" />
}
