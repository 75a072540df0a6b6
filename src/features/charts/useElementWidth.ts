import { useLayoutEffect, useRef, useState } from 'react'

/** Width before the element is measured, and where nothing can be measured. */
const FALLBACK_WIDTH = 320

/** The width of an element in whole pixels, kept up to date. */
export function useElementWidth<T extends HTMLElement>() {
  const ref = useRef<T>(null)
  const [width, setWidth] = useState(FALLBACK_WIDTH)
  useLayoutEffect(() => {
    const element = ref.current
    if (!element) return
    const measure = () => setWidth((previous) => Math.floor(element.clientWidth) || previous)
    measure()
    if (typeof ResizeObserver === 'undefined') return
    const observer = new ResizeObserver(measure)
    observer.observe(element)
    return () => observer.disconnect()
  }, [])
  return { ref, width }
}
