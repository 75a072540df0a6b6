import { useEffect, useState } from 'react'
import type { RefObject } from 'react'

/** How far outside the window something still counts as on the screen: what is scrolled to is there already. */
const MARGIN = '200px'

/** Whether an element is in the window or close to it; true where the browser cannot tell. */
export function useOnScreen(element: RefObject<Element | null>): boolean {
  const [onScreen, setOnScreen] = useState(true)
  useEffect(() => {
    if (!element.current || typeof IntersectionObserver === 'undefined') return undefined
    const observer = new IntersectionObserver(([entry]) => setOnScreen(entry.isIntersecting), { rootMargin: MARGIN })
    observer.observe(element.current)
    return () => observer.disconnect()
  }, [element])
  return onScreen
}
