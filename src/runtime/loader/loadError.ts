/** What went wrong while loading. */
export type LoadErrorCode = 'network' | 'http' | 'hash' | 'manifest' | 'cancelled' | 'quota' | 'backend'

/** An error whose message is for people. The code survives in `code`; across a worker only name and message do. */
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
