import type { OrtSession } from '../ort.ts'

/** A session that is created when it is first needed: most runs never need all graphs of a model. */
export class LazySession {
  readonly #create: () => Promise<OrtSession>
  #session: OrtSession | undefined

  constructor(create: () => Promise<OrtSession>) {
    this.#create = create
  }

  /** @throws what onnxruntime throws; the next call tries again. */
  async open(): Promise<OrtSession> {
    this.#session ??= await this.#create()
    return this.#session
  }

  /** Releases the session if it was ever created. */
  async release(): Promise<void> {
    const session = this.#session
    this.#session = undefined
    await session?.release()
  }
}
