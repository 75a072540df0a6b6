import type { SelectorSession } from './contract.ts'
import type { TokenSet } from './sets.ts'

/**
 * Dense refresh (arXiv 2608.00391, "The Gate, Not the Cache"; a wrapper for any method): while a chunk executes, the same frame
 * runs once more with every token, and what the method remembers of the query is replaced by what it would remember had that
 * forward been the query. So the next query inherits scores in which no token was missing. The chunk and the decisions of
 * the query itself stay. Its first query is dense anyway for methods that need history.
 * @param inner a fresh session
 */
export function createRefreshSession(inner: SelectorSession): SelectorSession {
  return refreshing({ inner })
}

interface RefreshState {
  inner: SelectorSession
  /** The inner session as it was before the query's first layer. */
  before?: SelectorSession
  /** The inner session after the dense pass, which takes over when the query ends. */
  clean?: { session: SelectorSession; survivors: TokenSet }
}

function refreshing(initial: RefreshState): SelectorSession {
  let { inner, before, clean } = initial
  const { plan } = inner
  const { textLayers, actionLayers, hiddenLayers } = plan
  return {
    plan: {
      ...plan,
      densePass: { moment: 'after', textLayers, actionLayers, ...(hiddenLayers ? { hiddenLayers } : {}) },
    },
    beginEpisode(episode) {
      inner.beginEpisode(episode)
      before = undefined
      clean = undefined
    },
    beforeQuery(input) {
      inner.beforeQuery(input)
      before = inner.fork()
      clean = undefined
    },
    afterLayer: (signals) => inner.afterLayer(signals),
    afterDense(signals) {
      if (!before) throw new Error('Dense refresh: the dense pass came before the query.')
      const session = before.fork()
      // Its decisions are not carried out: every layer sees every token.
      for (const layer of signals) session.afterLayer(layer)
      clean = { session, survivors: signals[signals.length - 1].ids }
    },
    afterQuery({ chunk, survivors }) {
      inner = clean?.session ?? inner
      inner.afterQuery({ chunk, survivors: clean?.survivors ?? survivors })
      before = undefined
      clean = undefined
    },
    afterStep: (step) => inner.afterStep(step),
    notes: () => inner.notes(),
    fused: () => inner.fused?.(),
    repeat: () => inner.repeat?.(),
    get lineage() {
      return inner.lineage
    },
    fork: () =>
      refreshing({
        inner: inner.fork(),
        before: before?.fork(),
        clean: clean && { ...clean, session: clean.session.fork() },
      }),
  }
}
