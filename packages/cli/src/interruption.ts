/** Signals that end a command in good order. */
const SIGNALS = ['SIGINT', 'SIGTERM'] as const

/** Listening for the wish to stop; disposing of it lets the process end by itself. */
export interface Interruption extends Disposable {
  readonly interrupted: Promise<void>
  readonly hasHappened: boolean
}

/**
 * Resolves `interrupted` at the first SIGINT or SIGTERM, and keeps the process alive until then. A second one ends the
 * process at once, as people expect who press Ctrl-C twice. Call it before anything is printed that others wait for: a
 * signal that comes earlier ends the process without cleaning up.
 */
export function listenForInterrupt(): Interruption {
  const keepAlive = setInterval(() => {}, 2 ** 30)
  let hasHappened = false
  const interrupted = new Promise<void>((resolve) => {
    const onSignal = (signal: (typeof SIGNALS)[number]) => {
      if (hasHappened) process.exit(signal === 'SIGINT' ? 130 : 143)
      hasHappened = true
      clearInterval(keepAlive)
      resolve()
    }
    for (const signal of SIGNALS) process.on(signal, onSignal)
  })
  return {
    interrupted,
    get hasHappened() {
      return hasHappened
    },
    [Symbol.dispose]: () => clearInterval(keepAlive),
  }
}
