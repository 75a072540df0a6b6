const NAME = 'specprune-sweep'

/**
 * Makes this tab the one that sweeps: two at once would slow each other down and overwrite what is kept.
 * @returns the function that gives it up; undefined if another tab has it
 */
export function holdSweepLock(): Promise<(() => void) | undefined> {
  // Pages that are not served securely have no locks.
  const locks: LockManager | undefined = Reflect.get(navigator, 'locks')
  if (!locks) return Promise.resolve(() => {})
  return new Promise((resolve, reject) => {
    locks
      .request(NAME, { ifAvailable: true }, (lock) => {
        if (!lock) {
          resolve(undefined)
          return undefined
        }
        return new Promise<void>((release) => resolve(() => release()))
      })
      .catch(reject)
  })
}
