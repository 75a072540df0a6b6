import type { z } from 'zod'
import {
  goldenSchema,
  MANIFEST_VERSION,
  manifestSchema,
  type Golden,
  type Manifest,
} from '../../core/schema/manifest.ts'
import { VIEW_IDS } from '../../core/schema/observation.ts'
import { fixedSegment, segmentLength, visualSegments } from '../../core/tokens/layout.ts'
import type { ModelFiles } from '../model.ts'
import { LoadError } from './loadError.ts'

/** One file of a model as its manifest lists it. */
export interface FileEntry {
  path: string
  bytes: number
  sha256: string
}

/** Reads a manifest. @throws LoadError that names the first field that is wrong. */
export function parseManifest(text: string): Manifest {
  const json = parseJson(text, 'manifest.json')
  if (typeof json === 'object' && json && 'version' in json && Number(json.version) > MANIFEST_VERSION) {
    throw new LoadError(
      'manifest',
      `The model's manifest has version ${String(json.version)}; this page reads ${MANIFEST_VERSION}.`,
    )
  }
  const result = manifestSchema.safeParse(json)
  if (!result.success) throw wrongField('manifest.json', result.error)
  checkConsistency(result.data)
  return result.data
}

/** Who runs the graphs: a page or Node's WebAssembly, or native code, for which a model may have other graphs. */
export type GraphForm = 'portable' | 'native'

function graphsOf({ graphs }: Manifest, form: GraphForm): Manifest['graphs'] {
  return form === 'native' && graphs.native ? { ...graphs, ...graphs.native } : graphs
}

/** Every file of a model that somebody in this form loads, the small ones first. */
export function listFiles(manifest: Manifest, form: GraphForm = 'portable'): FileEntry[] {
  const { dense, embed, layers, head, fused, reuse = [] } = graphsOf(manifest, form)
  return [manifest.golden, dense, embed, ...layers, head, ...(fused ? [fused] : []), ...reuse, manifest.weights]
}

/** Puts a model together from its files' bytes. @throws LoadError if the golden vectors cannot be read. */
export function assembleModel(
  manifest: Manifest,
  read: (path: string) => Uint8Array,
  form: GraphForm = 'portable',
): ModelFiles {
  const { dense, embed, layers, head, fused, reuse } = graphsOf(manifest, form)
  return {
    manifest,
    golden: parseGolden(new TextDecoder().decode(read(manifest.golden.path)), manifest.golden.path),
    weights: read(manifest.weights.path),
    graphs: {
      dense: read(dense.path),
      embed: read(embed.path),
      layers: layers.map((layer) => read(layer.path)),
      head: read(head.path),
      ...(fused && { fused: read(fused.path) }),
      ...(reuse && { reuse: reuse.map((layer) => read(layer.path)) }),
    },
  }
}

function parseGolden(text: string, path: string): Golden {
  const result = goldenSchema.safeParse(parseJson(text, path))
  if (!result.success) throw wrongField(path, result.error)
  return result.data
}

function parseJson(text: string, file: string): unknown {
  try {
    return JSON.parse(text)
  } catch (cause) {
    throw new LoadError('manifest', `${file} is not JSON. Is the address right?`, { cause })
  }
}

function wrongField(file: string, error: z.ZodError): LoadError {
  const issue = error.issues[0]
  return new LoadError('manifest', `${file}: ${issue.path.join('.') || 'the file'}: ${issue.message}.`)
}

/** What the schema cannot say: numbers that must agree with each other, and orders that the engines rely on. */
function checkConsistency(manifest: Manifest): void {
  const { layout, model, graphs, action } = manifest
  const fail = (reason: string): never => {
    throw new LoadError('manifest', `manifest.json: ${reason}.`)
  }
  let start = 0
  for (const segment of layout.segments) {
    if (segment.start !== start) fail(`the ${segment.kind} segment starts at ${segment.start} instead of ${start}`)
    start += segmentLength(segment)
  }
  if (start !== layout.length) fail(`the segments hold ${start} tokens and layout.length is ${layout.length}`)
  const views = visualSegments(layout).map((segment) => segment.view)
  if (views.join() !== VIEW_IDS.join()) fail(`the views are ${views.join(', ')} instead of ${VIEW_IDS.join(', ')}`)
  if (layout.segments.findLastIndex((segment) => segment.kind === 'visual') >= views.length) {
    fail('the visual segments must come first')
  }
  for (const { layers, reuse } of [graphs, ...(graphs.native ? [graphs.native] : [])]) {
    if (layers.length !== model.layers) fail(`${layers.length} layer graphs for ${model.layers} layers`)
    if (reuse && reuse.length !== model.layers) fail(`${reuse.length} graphs with a cache for ${model.layers} layers`)
  }
  for (const kind of ['proprio', 'text'] as const) fixedSegment(layout, kind)
  if (fixedSegment(layout, 'action').count !== action.chunk)
    fail('action.chunk differs from the number of action queries')
}
