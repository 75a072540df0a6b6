/** How a set of tokens is named and coloured wherever it appears. */
export interface TokenSetStyle {
  /** For legends, for example "Local: layer 1". */
  title: string
  /** For the pipeline line, for example "local 1". */
  short: string
  /** Name of the CSS variable with its colour. */
  color: `--set-${string}`
}

const NAMED: Readonly<Record<string, TokenSetStyle>> = {
  global: { title: 'Global: previous query', short: 'global', color: '--set-global' },
  dynamic: { title: 'Dynamic: pixels changed', short: 'dynamic', color: '--set-dynamic' },
  forced: { title: 'Forced by the brush', short: 'brush', color: '--set-kept' },
  minimum: { title: 'Filled up to the minimum', short: 'minimum', color: '--set-kept' },
}

/**
 * Style of a set by the name that its selector gave it. `local:1` and `layer:6` carry the layer.
 * A method's own names have the neutral colour.
 */
export function tokenSetStyle(name: string): TokenSetStyle {
  const known = NAMED[name]
  if (known) return known
  const [kind, layer] = name.split(':')
  if (kind === 'local') {
    // Two colours are enough for the paper's two layers; more layers alternate.
    const color = Number(layer) % 2 === 1 ? '--set-local-1' : '--set-local-2'
    return { title: `Local: layer ${layer}`, short: `local ${layer}`, color }
  }
  if (kind === 'layer')
    return { title: `Layer level, after layer ${layer}`, short: `layer ${layer}`, color: '--set-layer' }
  const words = name.replaceAll(':', ' ').replaceAll('-', ' ')
  return { title: words.charAt(0).toUpperCase() + words.slice(1), short: words, color: '--set-kept' }
}
