import type { Manifest } from '../../src/core/schema/manifest.ts'
import { fixedSegment } from '../../src/core/tokens/layout.ts'
import { createTask, type SuiteId, type Wording } from '../../src/simulation/tasks.ts'
import { encodeInstruction } from '../../src/simulation/vocabulary.ts'
import { oneLine, UsageError } from '../cli/io.ts'
import { type SeedRange, seedList } from '../cli/options.ts'

/** Every task and most phrasings come up among so many seeds; the engine checks each instruction again. */
const SEEDS_TO_TRY = 40

/**
 * Checks before the first episode that a model can read what the suites' tasks say.
 * @throws UsageError that names the instruction and what the model reads
 */
export function checkLanguage(
  manifest: Manifest,
  suites: readonly SuiteId[],
  seeds: SeedRange,
  wording: Wording,
): void {
  const language = { slots: fixedSegment(manifest.layout, 'text').count, vocabulary: manifest.input.vocabulary }
  for (const suite of suites) {
    for (const seed of seedList(seeds).slice(0, SEEDS_TO_TRY)) {
      const { instruction } = createTask(suite, seed, wording)
      try {
        encodeInstruction(instruction, language)
      } catch (error) {
        throw new UsageError(
          `--suite ${suite}: model "${manifest.id}" cannot read "${instruction}". ${oneLine(error)} ` +
            'Choose a model that was trained for this suite, or --wording plain.',
          { cause: error },
        )
      }
    }
  }
}
