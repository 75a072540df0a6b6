import { fileURLToPath } from 'node:url'

/** Directory of the tiny model: random weights, four layers, the same 528 tokens as the real ones. */
export const TINY_MODEL = fileURLToPath(new URL('../../../public/models/tiny', import.meta.url))
