import type { Clock } from './clock.ts'

/** Pauses that end early: one when its signal aborts, all of them when somebody is in a hurry. */
export class Sleeper {
  readonly #clock: Clock
  readonly #wakers = new Set<() => void>()

  constructor(clock: Clock) {
    this.#clock = clock
  }

  /** Resolves after `delayMs`, when the signal aborts, or at `wake()` if it may; never rejects. */
  sleep(delayMs: number, signal: AbortSignal, { wakeable }: { readonly wakeable: boolean }): Promise<void> {
    if (signal.aborted) return Promise.resolve()

    return new Promise((resolve) => {
      const finish = (): void => {
        cancel()
        signal.removeEventListener('abort', finish)
        this.#wakers.delete(finish)
        resolve()
      }
      const cancel = this.#clock.after(delayMs, finish)
      signal.addEventListener('abort', finish)
      if (wakeable) this.#wakers.add(finish)
    })
  }

  wake(): void {
    for (const finish of this.#wakers) finish()
  }
}
