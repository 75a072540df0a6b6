/** Absolute address of a file that is served with the page. */
export function pageFile(path: string): string {
  return new URL(path, document.baseURI).href
}

/**
 * A served JSON file, checked.
 * @returns undefined if there is no such file
 * @throws with a sentence for people
 */
export async function fetchJson<T>(path: string, parse: (json: unknown) => T): Promise<T | undefined> {
  let response: Response
  try {
    response = await fetch(pageFile(path))
  } catch (error) {
    throw new Error(`${path} could not be fetched. Check the connection and reload the page.`, { cause: error })
  }
  // A host that answers every address with the page itself has no such file either.
  const isPage = response.headers.get('content-type')?.includes('text/html') ?? false
  if (response.status === 404 || isPage) return undefined
  if (!response.ok) throw new Error(`${path}: the server answered ${response.status}. Try again later.`)
  try {
    return parse(await response.json())
  } catch (error) {
    throw new Error(`${path}: ${error instanceof Error ? error.message : String(error)}`, { cause: error })
  }
}

/** What an error says to people. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
