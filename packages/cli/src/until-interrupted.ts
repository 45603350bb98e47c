/**
 * Resolves at the first SIGINT or SIGTERM. A second one ends the process at once, as people expect who press Ctrl-C
 * twice.
 */
export function untilInterrupted(): Promise<void> {
  return new Promise((resolve) => {
    const first = () => {
      for (const signal of ['SIGINT', 'SIGTERM'] as const) {
        process.removeListener(signal, first)
        process.once(signal, () => process.exit(signal === 'SIGINT' ? 130 : 143))
      }
      clearInterval(keepAlive)
      resolve()
    }
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, first)
    const keepAlive = setInterval(() => {}, 2 ** 30)
  })
}
