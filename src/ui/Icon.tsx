const PATHS = {
  play: 'M4 2.5v11l9-5.5z',
  pause: 'M4 2.5h3v11H4zM9 2.5h3v11H9z',
  back: 'M11.5 3v10L5.5 8zM3.5 3h1.6v10H3.5z',
  forward: 'M4.5 3v10l6-5zM10.9 3h1.6v10h-1.6z',
  sun: 'M8 4.6a3.4 3.4 0 1 1 0 6.8 3.4 3.4 0 0 1 0-6.8zM7.3 1h1.4v2H7.3zM7.3 13h1.4v2H7.3zM1 7.3h2v1.4H1zM13 7.3h2v1.4h-2zM2.6 3.6l1-1L5 4 4 5zM11 12l1-1 1.4 1.4-1 1zM11 4l1.4-1.4 1 1L12 5zM2.6 12.4 4 11l1 1-1.4 1.4z',
  moon: 'M6.2 1.6a6.6 6.6 0 1 0 8.2 8.2A5.6 5.6 0 0 1 6.2 1.6z',
  system: 'M1.5 2.5h13v9h-5v1.2h2v1.3h-7v-1.3h2v-1.2h-5zm1.4 1.4v6.2h10.2V3.9z',
  close: 'M3.6 2.5 8 6.9l4.4-4.4 1.1 1.1L9.1 8l4.4 4.4-1.1 1.1L8 9.1l-4.4 4.4-1.1-1.1L6.9 8 2.5 3.6z',
  chevron: 'm3.5 6 1-1L8 8.5 11.5 5l1 1L8 10.5z',
  search:
    'M6.8 1.8a5 5 0 0 1 3.9 8.1l3.6 3.6-1 1-3.6-3.6a5 5 0 1 1-2.9-9.1zm0 1.5a3.5 3.5 0 1 0 0 7 3.5 3.5 0 0 0 0-7z',
  loop: 'M4.5 3.2h6.3V1.4L14 4l-3.2 2.6V4.8H4.9v2.4H3.2V4.5a1.3 1.3 0 0 1 1.3-1.3zM11.5 12.8H5.2v1.8L2 12l3.2-2.6v1.8h5.9V8.8h1.7v2.7a1.3 1.3 0 0 1-1.3 1.3z',
  undo: 'M6 2.2v2.3h3.6a4.4 4.4 0 0 1 0 8.8H4.5v-1.6h5.1a2.8 2.8 0 0 0 0-5.6H6v2.3L2.2 5.3z',
  redo: 'M10 2.2v2.3H6.4a4.4 4.4 0 0 0 0 8.8h5.1v-1.6H6.4a2.8 2.8 0 0 1 0-5.6H10v2.3l3.8-3.1z',
  previous: 'M10.8 2.6 5.4 8l5.4 5.4-1.2 1.2L3 8l6.6-6.6z',
  next: 'M5.2 2.6 10.6 8l-5.4 5.4 1.2 1.2L13 8 6.4 1.4z',
  check: 'M6.4 12.2 2.3 8.1l1.2-1.2 2.9 2.9 6.1-6.1 1.2 1.2z',
} as const

export type IconName = keyof typeof PATHS

/** A 16-pixel pictogram; the button around it carries the name. */
export function Icon(props: { name: IconName; size?: number }) {
  return (
    <svg width={props.size ?? 14} height={props.size ?? 14} viewBox="0 0 16 16" aria-hidden="true" fill="currentColor">
      <path d={PATHS[props.name]} />
    </svg>
  )
}
