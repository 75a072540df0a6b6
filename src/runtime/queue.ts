/** Runs tasks one after another, in the order in which they came. */
export interface TaskQueue {
  run<T>(task: () => Promise<T>): Promise<T>
}

/** Calls into onnxruntime must never overlap: two concurrent runs hang the page. */
export function createQueue(): TaskQueue {
  let last: Promise<unknown> = Promise.resolve()
  return {
    run<T>(task: () => Promise<T>): Promise<T> {
      const result = last.then(task)
      last = result.catch(() => {})
      return result
    },
  }
}

/**
 * Lets the event loop deliver messages. WebAssembly runs to its end without yielding, so without this a worker hears
 * of a cancellation only when everything is done. A message costs a tenth of the 4 ms that timers are rounded up to.
 */
export function yieldToMessages(): Promise<void> {
  return new Promise((resolve) => {
    const { port1, port2 } = new MessageChannel()
    port1.onmessage = () => {
      port1.close()
      resolve()
    }
    port2.postMessage(undefined)
  })
}
