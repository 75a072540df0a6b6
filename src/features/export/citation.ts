import { findSelector, selectorRegistry } from '../../core/pruning/registry.ts'
import type { RunRecord } from '../../core/schema/runRecord.ts'
import type { SettingsLabel } from '../../stores/settings.ts'

/** Sentences for a paper's methods section, with every version that the numbers depend on. */
export function methodsSentence(run: RunRecord, { title, changes }: SettingsLabel, appVersion: string): string {
  const { model, device, episode, executeSteps, seed } = run
  const settings = changes === '' ? '' : ` (${changes})`
  const where = episode ? ` on episode ${episode.index} of the dataset "${episode.dataset}"` : ''
  const threads = device.threads === undefined ? '' : `, ${device.threads} threads`
  const adapter = device.adapter === undefined ? '' : `, ${device.adapter}`
  return (
    `Visual tokens were pruned with ${title}${settings}${where}, open loop, ${executeSteps} executed actions per query, ` +
    `seed ${seed}. The policy is "${model.id}" (weights SHA-256 ${model.weightsSha256.slice(0, 8)}, ${model.layers} layers, ` +
    `width ${model.width}, ${model.visualTokens} visual tokens). It ran on ${device.backend}${threads}${adapter} in ` +
    `${device.agent}, ${run.createdAt.slice(0, 10)}, with SpecPrune Playground ${appVersion}. ` +
    `Agreement compares pruned with dense actions on the same observations; it is not task success.`
  )
}

/** BibTeX of the page and of the method that was used. @param year of the page's entry */
export function bibtex(methodId: string, presetId: string | undefined, appVersion: string, year: number): string {
  const entries = [
    entry('software', 'specprune_playground', {
      title: '{SpecPrune Playground}: visual-token pruning of robot policies in the browser',
      version: appVersion,
      year: String(year),
    }),
  ]
  const definition = selectorRegistry.some(({ id }) => id === methodId) ? findSelector(methodId) : undefined
  const preset = definition?.presets.find(({ id }) => id === presetId)
  const citation = preset?.citation ?? definition?.citation
  if (citation && citation.source !== '') {
    const arxiv = /arXiv\s+(\d{4}\.\d{4,5})/.exec(citation.source)?.[1]
    entries.push(
      entry('misc', methodId.replaceAll(/[^A-Za-z0-9]/g, '_'), {
        title: `{${citation.title}}`,
        ...(arxiv ? { eprint: arxiv, archiveprefix: 'arXiv', year: `20${arxiv.slice(0, 2)}` } : {}),
        note: citation.source,
        ...(citation.url ? { url: citation.url } : {}),
      }),
    )
  }
  return entries.join('\n')
}

function entry(kind: string, key: string, fields: Readonly<Record<string, string>>): string {
  const lines = Object.entries(fields).map(([name, value]) => `  ${name} = {${value}},`)
  return [`@${kind}{${key},`, ...lines, '}', ''].join('\n')
}
