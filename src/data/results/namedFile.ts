/**
 * Reads JSON that a person opened.
 * @param parse throws if the content is not what it should be
 * @throws an Error that begins with the file's name and says what is wrong
 */
export function readNamedJson<T>(fileName: string, text: string, parse: (json: unknown) => T): T {
  try {
    return parse(parseJson(text))
  } catch (error) {
    throw new Error(`${fileName}: ${error instanceof Error ? error.message : String(error)}`, { cause: error })
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch (error) {
    throw new Error('the file is not JSON. It may be cut off; download or make it again.', { cause: error })
  }
}
