import { z } from 'zod'

/** Version of the list of results that this code writes and reads. */
export const RESULT_INDEX_VERSION = 1

/** `public/results/index.json`: the results that are served with the page. */
export const resultIndexSchema = z.object({
  version: z.literal(RESULT_INDEX_VERSION),
  files: z.array(
    z.object({
      /** Name of the file in the same folder. */
      file: z.string().regex(/^[A-Za-z0-9._-]+\.json$/),
      kind: z.enum(['comparison', 'attention']),
      title: z.string(),
    }),
  ),
})

export type ResultIndex = z.infer<typeof resultIndexSchema>
