import { z } from 'zod'

/** Version of the manifest format that this code writes and reads. */
export const MANIFEST_VERSION = 1

const viewId = z.enum(['front', 'wrist'])

const segmentSchema = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('visual'),
    view: viewId,
    start: z.int().nonnegative(),
    rows: z.int().positive(),
    columns: z.int().positive(),
  }),
  z.object({
    kind: z.enum(['proprio', 'text', 'action']),
    start: z.int().nonnegative(),
    count: z.int().positive(),
  }),
])

const fileSchema = z.object({
  /** Path relative to the manifest. */
  path: z.string().regex(/^[A-Za-z0-9._-]+$/, 'a plain file name'),
  bytes: z.int().positive(),
  sha256: z.string().regex(/^[0-9a-f]{64}$/, '64 hexadecimal digits'),
})

const modelFolder = z.string().regex(/^[A-Za-z0-9._-]+$/, 'a plain folder name')

/** Graphs with layers in them: those that may be made of other operators for another kind of processor. */
const graphsWithLayers = {
  dense: fileSchema,
  /** layers[i] runs layer i + 1. */
  layers: z.array(fileSchema).min(1),
  /** SpecPrune inside one graph, with the layers at which it looks and removes. */
  fused: fileSchema
    .extend({
      staticLayer: z.int().positive(),
      localLayers: z.array(z.int().positive()),
      /** Layers of the moving average, from the one after the static removal on. */
      averageLayers: z.array(z.int().positive()),
      stageLayers: z.array(z.int().positive()),
      /** Layers whose scores the graph computes and returns. */
      scoreLayers: z.array(z.int().positive()),
    })
    .optional(),
  /** reuse[i] runs layer i + 1 with some keys and values from a cache. */
  reuse: z.array(fileSchema).optional(),
}

const backendName = z.enum(['webgpu', 'wasm-threads', 'wasm', 'node'])

/** `public/models/<id>/manifest.json`: everything a loader and an engine need to know about a policy. */
export const manifestSchema = z.object({
  version: z.literal(MANIFEST_VERSION),
  id: z.string().min(1),
  title: z.string(),
  license: z.string(),
  /** Suites of tasks that the policy was trained for. */
  suites: z.array(z.string()),
  layout: z.object({ segments: z.array(segmentSchema).min(4), length: z.int().positive() }),
  model: z.object({
    layers: z.int().positive(),
    width: z.int().positive(),
    heads: z.int().positive(),
    /** Hidden width of the feed-forward block. */
    feedForward: z.int().positive(),
    parameters: z.int().positive(),
    /** Residual blocks in the convolutional stem. */
    stemBlocks: z.int().nonnegative().default(0),
    /** Channels of the stem's first and second convolution. */
    stemChannels: z.array(z.int().positive()).length(2).optional(),
    /** Multiply-accumulates of the convolutional stem, per query; the transformer's follow from the lengths. */
    stemMacs: z.int().nonnegative(),
    /** Multiply-accumulates of the action head, per query. */
    headMacs: z.int().nonnegative(),
  }),
  input: z.object({
    imageSize: z.int().positive(),
    /** A pixel enters as `byte / 255 * scale + offset`. */
    pixelScale: z.number(),
    pixelOffset: z.number(),
    /** Word list; a word's id is its index; index 0 pads. */
    vocabulary: z.array(z.string()).min(2),
    proprio: z.object({
      fields: z.array(z.string()),
      units: z.array(z.string()),
      mean: z.array(z.number()),
      std: z.array(z.number().positive()),
    }),
  }),
  action: z.object({
    chunk: z.int().positive(),
    fields: z.array(z.string()).length(7),
    units: z.array(z.string()).length(7),
    /** Physical size of 1.0 of each dimension, in `units`. */
    scale: z.array(z.number()).length(7),
  }),
  /** The one file that holds every weight; all graphs refer to it. `int8`: the layers' matrices are, the rest is fp16. */
  weights: fileSchema.extend({ storage: z.enum(['fp16', 'fp32', 'int8']) }),
  graphs: z.object({
    ...graphsWithLayers,
    embed: fileSchema,
    head: fileSchema,
    /** The same graphs of operators that native code on a processor is faster with. */
    native: z.object(graphsWithLayers).optional(),
  }),
  /** The same policy in other storage: ids of models that lie in folders beside this one. */
  variants: z.object({ int8: modelFolder.optional() }).optional(),
  /** Which storage a backend loads if nothing else is asked for; without an entry, this model's own. */
  preferredStorage: z.partialRecord(backendName, z.literal('int8')).optional(),
  /** Golden vectors: a JSON file of {@link goldenSchema}. */
  golden: fileSchema,
  training: z.record(z.string(), z.unknown()),
})

/** Where the fused graph looks and removes. */
export type FusedLayers = Omit<NonNullable<z.infer<typeof manifestSchema>['graphs']['fused']>, keyof FileOfModel>
type FileOfModel = z.infer<typeof fileSchema>

export type Manifest = z.infer<typeof manifestSchema>

/**
 * Inputs with the outputs that PyTorch gave for them. Arrays are little-endian, base64.
 * Tolerances are absolute, in action units (range [-1, 1]) and attention mass.
 */
export const goldenSchema = z.object({
  version: z.literal(1),
  cases: z
    .array(
      z.object({
        name: z.string(),
        /** uint8 `[views, size, size, 3]` */
        images: z.string(),
        instruction: z.string(),
        /** float32, raw (not normalised) */
        proprio: z.string(),
        /** float32 `[chunk, 7]` */
        chunk: z.string(),
        /** Attention of the text rows and of the action rows onto all tokens, per layer: float32 `[layers, length]`. */
        textScores: z.string(),
        actionScores: z.string(),
      }),
    )
    .min(1),
  chunkTolerance: z.number().positive(),
  scoreTolerance: z.number().positive(),
})

export type Golden = z.infer<typeof goldenSchema>
