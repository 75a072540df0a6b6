import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { z } from 'zod'
import { parseMethodList } from '../../src/core/pruning/methodList.ts'
import type { Method } from '../../src/core/pruning/registry.ts'
import { SUITE_IDS } from '../../src/simulation/tasks.ts'
import { oneLine, UsageError } from '../cli/io.ts'

/** Folder of the plans: one JSON file for each file of `public/results`. */
const PLANS = fileURLToPath(new URL('./plans/', import.meta.url))

/** Folder in public/models of the policy that plays unless another is asked for; the page's without it. */
const model = z.string().optional()

const planSchema = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('comparison'),
    title: z.string(),
    /** What the table is for; one or two sentences. */
    question: z.string(),
    seeds: z.string(),
    model,
    /** All that the policy was trained for without it. */
    suites: z.array(z.enum(SUITE_IDS)).min(1).optional(),
    /** Seeds of the open-loop part. */
    agreement: z.string().optional(),
    /** As `--methods` writes them; the first is the reference. */
    methods: z.array(z.string()).min(1),
    /** Methods that are run at each of these shares of token-layers besides. */
    atBudgets: z.object({ budgets: z.array(z.number().positive().max(1)), methods: z.array(z.string()) }).optional(),
  }),
  z.strictObject({
    kind: z.literal('attention'),
    title: z.string(),
    question: z.string(),
    seeds: z.string(),
    model,
  }),
])

/** What one file of `public/results` holds and how it is made. */
export type Plan = z.infer<typeof planSchema>

/** Names of all plans. */
export function planNames(): string[] {
  return readdirSync(PLANS)
    .filter((name) => name.endsWith('.json'))
    .map((name) => basename(name, '.json'))
    .sort()
}

/** Reads a plan. @throws UsageError if there is none of that name, naming those that there are */
export function readPlan(name: string): Plan {
  const path = join(PLANS, `${name}.json`)
  if (!/^[a-z0-9-]+$/.test(name) || !existsSync(path)) {
    throw new UsageError(`no plan "${name}". Plans: ${planNames().join(', ')}.`)
  }
  const result = planSchema.safeParse(JSON.parse(readFileSync(path, 'utf8')))
  if (result.success) return result.data
  const issue = result.error.issues[0]
  throw new Error(`${path}: ${issue.path.join('.')}: ${issue.message}.`)
}

/**
 * The methods of a plan, budgets written out, without repetition.
 * @param skip told of a method, preset or parameter that does not exist; true leaves the method out
 * @throws UsageError that names all that do not exist and were not left out
 */
export function methodsOfPlan(
  name: string,
  plan: Extract<Plan, { kind: 'comparison' }>,
  skip: (text: string, problem: string) => boolean = () => false,
): Method[] {
  const { budgets = [], methods: swept = [] } = plan.atBudgets ?? {}
  const texts = new Set([
    ...plan.methods,
    ...budgets.flatMap((share) => swept.map((text) => `${text}:budget=${share}`)),
  ])
  const problems: string[] = []
  const methods = [...texts].flatMap((text) => {
    try {
      return parseMethodList(text)
    } catch (error) {
      const problem = oneLine(error).replace(/ Known .*$/, '')
      if (!skip(text, problem)) problems.push(`${text}: ${problem}`)
      return []
    }
  })
  if (problems.length === 0) return methods
  throw new UsageError(`plan ${name}: ${problems.join(' ')} --skip-unknown leaves such methods out.`)
}
