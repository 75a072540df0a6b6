import type { SpecpruneValues } from './specpruneParameters.ts'

/** Constants of the preset `tuned` and where they come from: printed by `specprune tune`, not to be edited by hand. */
export const tuned: { source: string; values: Partial<SpecpruneValues> } = {
  source: 'not searched yet for this policy: the values of paper-v3',
  values: {},
}
