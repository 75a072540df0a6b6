import { z } from 'zod'
import { createSession, type SelectorContext, type SelectorDefinition, type SelectorSession } from './contract.ts'
import { createCustomSelector, type CustomInput, type CustomSettings } from './custom.ts'

/** Ids of methods that come from a person's file begin so. */
export const OWN_PREFIX = 'own:'

/** A file as a method without parameters. @param start makes its session on a policy */
export function ownDefinition(
  { id, name }: { id: string; name: string },
  start: (context: SelectorContext) => SelectorSession,
): SelectorDefinition {
  return {
    id,
    title: name,
    summary: 'Your own selector. It runs on this machine, in a worker without network, and is gone with the page.',
    citation: { title: 'A file of yours', source: '' },
    removal: 'remove',
    parameters: z.object({}),
    presets: [],
    start: (_values, context) => start(context),
  }
}

/** Asks a function that lives in another thread. @throws for people, also when it takes too long */
export type RemoteCall = (input: CustomInput) => Promise<unknown>

/** What the selector wanted to ask. */
class Question extends Error {
  readonly input: CustomInput

  constructor(input: CustomInput) {
    super('An answer was needed that nobody had asked for.')
    this.input = input
  }
}

/** A selector from a file whose function runs in another thread: `prepare` asks, `afterLayer` uses the answer. */
export function createRemoteSession(
  ask: RemoteCall,
  settings: CustomSettings,
  context: SelectorContext,
): SelectorSession {
  let answer: { value: unknown } | undefined
  const call = (input: CustomInput): unknown => {
    if (!answer) throw new Question(input)
    const { value } = answer
    answer = undefined
    return value
  }
  const wrap = (session: SelectorSession): SelectorSession => ({
    plan: session.plan,
    beginEpisode: (episode) => session.beginEpisode(episode),
    beforeQuery: (input) => session.beforeQuery(input),
    async prepare(signals) {
      answer = undefined
      try {
        session.fork().afterLayer(signals)
      } catch (error) {
        if (!(error instanceof Question)) throw error
        answer = { value: await ask(error.input) }
      }
    },
    afterLayer: (signals) => session.afterLayer(signals),
    afterQuery: (summary) => session.afterQuery(summary),
    afterStep: (step) => session.afterStep(step),
    notes: () => session.notes(),
    get lineage() {
      return session.lineage
    },
    fork: () => wrap(session.fork()),
  })
  return wrap(createSession(createCustomSelector(call, settings, context)))
}
