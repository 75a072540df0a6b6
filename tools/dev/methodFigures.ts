import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { RemovalKind, SelectorDefinition, SelectorSession } from '../../src/core/pruning/contract.ts'
import { selectorRegistry, startMethod } from '../../src/core/pruning/registry.ts'
import type { QueryRecord, RunRecord } from '../../src/core/schema/runRecord.ts'
import { visualSegments, visualTokenCount } from '../../src/core/tokens/layout.ts'
import type { RecordedEpisode } from '../../src/data/episodeSource.ts'
import { figureStrip } from '../../src/features/export/figureStrip.ts'
import { stripColumns } from '../../src/features/export/renderFigure.ts'
import type { NodePolicy } from '../../src/runtime/node/nodePolicy.ts'
import { policyContext, suiteOfEpisode } from '../../src/runtime/policyContext.ts'
import { runReplay } from '../../src/runtime/replay.ts'
import { processIo } from '../cli/io.ts'
import { ROOT } from '../cli/project.ts'
import { openRecordedEpisode } from '../policy/openEpisode.ts'
import { executeStepsFor, findModel, openWarmPolicy } from '../policy/openModel.ts'

/**
 * Draws what each method keeps on one frame of a recording that ships with the page: docs/methods/figures/<id>.svg. Run it
 * again whenever the model or the episodes change; the same model and episode give the same files:
 *
 *     npx tsx tools/dev/methodFigures.ts [model]
 */
const DATASET = 'object'
const EPISODE = 0
/** So many queries came before, so that methods with a memory of three have it. */
const QUERIES_BEFORE = 3
/** What is dark in a figure. */
const GONE: Record<RemovalKind, string> = {
  none: '',
  remove: 'removed',
  merge: 'removed or merged into others',
  reuse: 'reused from the previous query',
  mask: 'masked',
}
const OUTPUT = join(ROOT, 'docs/methods/figures')

const model = findModel(process.argv.at(2))
const executeSteps = executeStepsFor(model.manifest, undefined)
const episode = await openRecordedEpisode(join(ROOT, 'public/episodes', DATASET), EPISODE)
const theme = readFileSync(join(ROOT, 'src/styles/theme.css'), 'utf8')
const policy = await openWarmPolicy(model.directory, 1)
mkdirSync(OUTPUT, { recursive: true })
try {
  for (const definition of selectorRegistry) {
    if (definition.removal === 'none') continue
    const svg = draw(definition, await queryOf(definition, policy, episode))
    writeFileSync(join(OUTPUT, `${definition.id}.svg`), svg)
    processIo.error(`${definition.id}.svg: ${(svg.length / 1024).toFixed(0)} kB\n`)
  }
} finally {
  await policy.dispose()
}

/** The method's query at the frame of the figure, with its defaults. */
async function queryOf(
  { id }: SelectorDefinition,
  { engines, files }: NodePolicy,
  recorded: RecordedEpisode,
): Promise<QueryRecord> {
  const records: QueryRecord[] = []
  const suite = suiteOfEpisode(files, recorded.key)
  await runReplay({
    engines: () => engines,
    episode: untilTheFigure(recorded),
    session: withoutReplans(startMethod({ id, values: {} }, policyContext(files, { seed: 0, suite }))),
    methodId: id,
    executeSteps,
    visualTokens: visualTokenCount(files.manifest.layout),
    onEvent: (event) => {
      if (event.type === 'query') records.push(event.record)
    },
  })
  const last = records.at(-1)
  if (!last) throw new Error(`Episode ${recorded.key} has no frame.`)
  return last
}

/** The recording up to the frame of the figure; a shorter one ends at its last query. */
function untilTheFigure(recorded: RecordedEpisode): RecordedEpisode {
  const frames = Math.min(QUERIES_BEFORE * executeSteps, recorded.frames - 1) + 1
  const cut = <T extends Uint8Array | Float32Array>(values: T): T =>
    values.subarray(0, (values.length / recorded.frames) * frames) as T
  const both = (values: Record<'front' | 'wrist', Uint8Array>) => ({
    front: cut(values.front),
    wrist: cut(values.wrist),
  })
  return {
    ...recorded,
    frames,
    pixels: both(recorded.pixels),
    proprio: cut(recorded.proprio),
    actions: cut(recorded.actions),
    ...(recorded.relevance && { relevance: both(recorded.relevance) }),
  }
}

/** Every method is shown on the same frame, also one that would have asked earlier. */
function withoutReplans(session: SelectorSession): SelectorSession {
  return {
    ...session,
    plan: session.plan,
    get lineage() {
      return session.lineage
    },
    afterStep: (step) => ({ ...session.afterStep(step), replan: false }),
    fork: () => withoutReplans(session.fork()),
  }
}

function draw({ title, removal }: SelectorDefinition, record: QueryRecord): string {
  const { manifest } = policy.files
  const run = {
    queries: [record],
    model: { layers: manifest.model.layers, visualTokens: visualTokenCount(manifest.layout) },
  } as Pick<RunRecord, 'queries' | 'model'> as RunRecord
  return figureStrip(stripColumns(run, episode, [record.step]), {
    title,
    caption: `Dark: ${GONE[removal]}. Episode ${episode.key}, model ${manifest.id}.`,
    fragment: '',
    views: visualSegments(manifest.layout),
    colorOf,
  })
}

/** A colour of the page's light theme. */
function colorOf(variable: string): string {
  const found = new RegExp(`${variable}:\\s*(#[0-9a-f]+)`, 'i').exec(theme)?.[1]
  if (found === undefined) throw new Error(`src/styles/theme.css has no colour ${variable}.`)
  return found
}
