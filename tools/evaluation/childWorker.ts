import { type ChildProcess, fork } from 'node:child_process'
import { createRequire } from 'node:module'
import { pathToFileURL } from 'node:url'

/** A worker process ended although nobody asked it to. */
export class WorkerEndedError extends Error {
  constructor(reason: string) {
    super(`A worker process ended early (${reason}).`)
    this.name = 'WorkerEndedError'
  }
}

/** A child process that answers each message with one; calls must not overlap. */
export class ChildWorker<ToWorker extends object, FromWorker> {
  private readonly child: ChildProcess
  private closing = false

  /** @param script a TypeScript file that listens to messages of its parent */
  constructor(script: string) {
    const tsx = pathToFileURL(createRequire(import.meta.url).resolve('tsx')).href
    this.child = fork(script, [], {
      execArgv: ['--import', tsx],
      // The parent's standard output is for its result alone.
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    })
  }

  /** @throws WorkerEndedError if the process ends instead of answering */
  ask(message: ToWorker): Promise<FromWorker> {
    return new Promise((resolve, reject) => {
      const { child } = this
      const settle = () => {
        child.off('message', onMessage)
        child.off('exit', onExit)
        child.off('error', onError)
      }
      const onMessage = (answer: FromWorker) => {
        settle()
        resolve(answer)
      }
      const onExit = (code: number | null, signal: string | null) => {
        settle()
        reject(new WorkerEndedError(signal ?? `exit status ${code ?? 'unknown'}`))
      }
      const onError = (error: Error) => {
        settle()
        reject(error)
      }
      if (child.exitCode !== null || child.signalCode !== null) {
        onExit(child.exitCode, child.signalCode)
        return
      }
      child.on('message', onMessage)
      child.on('exit', onExit)
      child.on('error', onError)
      child.send(message)
    })
  }

  /** Sends a message that ends the process by itself; there is no answer. */
  close(message: ToWorker): void {
    this.closing = true
    this.child.send(message)
  }

  /** Ends the process unless it is closing by itself. */
  kill(): void {
    if (!this.closing) this.child.kill()
  }
}
