import { z } from 'zod'

/** `public/models/index.json`: the models that are served with the page. */
export const modelIndexSchema = z
  .object({
    /** Id that opens without `?model=`. */
    default: z.string().min(1),
    models: z
      .array(
        z.object({
          /** The model's folder beside the index. */
          id: z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._-]*$/, 'a plain folder name'),
          title: z.string().min(1),
        }),
      )
      .min(1),
  })
  .refine((index) => index.models.some((model) => model.id === index.default), 'the default must be one of the models')

export type ModelIndex = z.infer<typeof modelIndexSchema>
