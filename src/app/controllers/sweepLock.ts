const NAME = 'specprune-sweep'

/**
 * Makes this tab the one that sweeps: two at once would slow each other down and overwrite what is kept.
 * @returns the function that gives it up; undefined if another tab has it
 */
export function holdSweepLock(): Promise<(() => void) | undefined> {
  const locks = lockManager()
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

/** Whether no tab has the lock; true where there are no locks or this page may not ask for them. */
export async function isSweepLockFree(): Promise<boolean> {
  const locks = await lockManager()
    ?.query()
    .catch(() => undefined)
  const held = locks?.held ?? []
  return held.every(({ name }) => name !== NAME)
}

/** Waits until no tab has the lock any more: it was given up, or its tab was closed. */
export async function sweepLockFreed(): Promise<void> {
  // Shared: all who wait go on together, and hold nobody up.
  await lockManager()?.request(NAME, { mode: 'shared' }, () => undefined)
}

/** Pages that are not served securely have no locks. */
function lockManager(): LockManager | undefined {
  return Reflect.get(navigator, 'locks')
}
