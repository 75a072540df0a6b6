import { readResult } from '../../data/results/readResult.ts'
import { resultIndexSchema } from '../../data/results/resultIndex.ts'
import type { LoadedResults } from '../../stores/resultFilesStore.ts'

async function fetchText(path: string): Promise<string | undefined> {
  const response = await fetch(new URL(path, document.baseURI))
  // A host that answers every address with the page itself has no such file either.
  const isPage = response.headers.get('content-type')?.includes('text/html') ?? false
  if (response.status === 404 || isPage) return undefined
  if (!response.ok) throw new Error(`${path}: the server answered ${response.status}. Try again later.`)
  return response.text()
}

/** The results that are served with the page; none if it has no list of them. */
export async function fetchResults(): Promise<LoadedResults> {
  const loaded: LoadedResults = { results: [], problems: [] }
  try {
    const text = await fetchText('results/index.json')
    if (text === undefined) return loaded
    const { files } = resultIndexSchema.parse(JSON.parse(text))
    for (const { file, title } of files) {
      const content = await fetchText(`results/${file}`)
      if (content === undefined) loaded.problems.push(`${file} is listed, but not there.`)
      else addResult(loaded, file, content, title)
    }
  } catch (error) {
    loaded.problems.push(`The results of this page cannot be read. ${error instanceof Error ? error.message : ''}`)
  }
  return loaded
}

/** Results that a person chose or dropped. */
export async function readFiles(files: Iterable<File>): Promise<LoadedResults> {
  const loaded: LoadedResults = { results: [], problems: [] }
  for (const file of files) addResult(loaded, file.name, await file.text(), file.name)
  return loaded
}

function addResult({ results, problems }: LoadedResults, name: string, text: string, title: string): void {
  try {
    const file = readResult(name, text)
    results.push({ name, title: file.title ?? title, file })
  } catch (error) {
    problems.push(error instanceof Error ? error.message : String(error))
  }
}
