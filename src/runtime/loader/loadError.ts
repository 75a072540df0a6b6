/** What went wrong while loading. */
export type LoadErrorCode = 'network' | 'http' | 'hash' | 'manifest' | 'cancelled' | 'quota' | 'backend'

/** An error whose message is for people. */
export class LoadError extends Error {
  override readonly name = 'LoadError'
  readonly code: LoadErrorCode

  constructor(code: LoadErrorCode, message: string, options?: ErrorOptions) {
    super(message, options)
    this.code = code
  }
}

/** Throws a LoadError if the load was cancelled. */
export function throwIfCancelled(signal: AbortSignal | undefined): void {
  if (signal?.aborted) throw new LoadError('cancelled', 'Loading was cancelled.')
}

const ENCODED_NAME = /^LoadError:(\w+)$/

/** A form whose code survives the way out of a worker, where only name, message and stack do. */
export function encodeLoadError(error: unknown): unknown {
  if (!(error instanceof LoadError)) return error
  return Object.assign(new Error(error.message), { name: `LoadError:${error.code}` })
}

/** The LoadError of {@link encodeLoadError}; any other error as it is. */
export function decodeLoadError(error: unknown): unknown {
  const code = error instanceof Error ? ENCODED_NAME.exec(error.name)?.[1] : undefined
  return code && error instanceof Error ? new LoadError(code as LoadErrorCode, error.message) : error
}
