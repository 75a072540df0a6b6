import { z } from 'zod'

/** `public/episodes/index.json`: folders of the datasets that are served with the page, in the order of the list. */
export const datasetIndexSchema = z.object({
  version: z.literal(1),
  datasets: z.array(z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._-]*$/, 'a plain folder name')).min(1),
})

export type DatasetIndex = z.infer<typeof datasetIndexSchema>
