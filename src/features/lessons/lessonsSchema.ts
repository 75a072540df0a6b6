import { z } from 'zod'

const stepSchema = z.object({
  title: z.string().min(1),
  text: z.string().min(1),
  /** The part of a share link after `#`: what the page shows at this step. */
  link: z.string().min(1),
})

/** `public/lessons/lessons.json`: lessons whose steps are share links. */
export const lessonsSchema = z.object({
  version: z.literal(1),
  lessons: z
    .array(z.object({ id: z.string().regex(/^[a-z-]+$/), title: z.string().min(1), steps: z.array(stepSchema).min(1) }))
    .min(1),
})

export type Lesson = z.infer<typeof lessonsSchema>['lessons'][number]
