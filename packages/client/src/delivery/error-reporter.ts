/** The application's `onError`, made safe: it may throw, reject, or call us again. */
export type Report = (error: Error) => void

export function safeReporter(onError: ((error: Error) => unknown) | undefined): Report {
  if (onError === undefined) return () => {}
  let isReporting = false

  return (problem) => {
    // An onError that tracks an invalid event would otherwise call itself until the stack is full.
    if (isReporting) return
    isReporting = true
    try {
      const returned = onError(problem)
      if (returned instanceof Promise) returned.catch(() => {})
    } catch {
      // Its own business: telemetry has nobody else to tell.
    } finally {
      isReporting = false
    }
  }
}
