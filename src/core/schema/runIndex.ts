import { z } from 'zod'

const plainName = z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._-]*$/, 'a plain name')

/** `public/runs/index.json`: the recorded runs that are served with the page, so that it has an answer before any weight. */
export const runIndexSchema = z.object({
  version: z.literal(1),
  runs: z.array(
    z.object({
      /** File beside the index, a run record. A run of the method `dense` holds the scores of all layers. */
      file: plainName,
      dataset: plainName,
      episode: z.int().nonnegative(),
      /** Id of the method, as in the record. */
      method: z.string().min(1),
      model: z.string().min(1),
    }),
  ),
})

export type RunIndex = z.infer<typeof runIndexSchema>
