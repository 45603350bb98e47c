/** Time as the client sees it. Tests provide one that they move by hand. */
export interface Clock {
  /** Milliseconds since 1970. */
  now(): number
  /** Calls back once after `delayMs`, without keeping the process alive for it. */
  after(delayMs: number, callback: () => void): Cancel
}

export type Cancel = () => void

/** A longer delay would overflow the runtime's timer and fire at once. */
const MAX_TIMER_MS = 2 ** 31 - 1

export const systemClock: Clock = {
  now: Date.now,
  after(delayMs, callback) {
    const timer: unknown = setTimeout(callback, Math.min(delayMs, MAX_TIMER_MS))
    // Node's timers keep the process alive until told not to; other runtimes return a number.
    ;(timer as { unref?: () => void }).unref?.()
    return () => clearTimeout(timer as Parameters<typeof clearTimeout>[0])
  },
}

/**
 * Calls back when the caller's caller has nothing more to do right now. A timer of 0 ms takes a whole millisecond, in
 * which a program may have ended.
 */
export function soon(callback: () => void): Cancel {
  let isCancelled = false
  queueMicrotask(() => {
    if (!isCancelled) callback()
  })
  return () => {
    isCancelled = true
  }
}

/**
 * Keeps the process alive until released. Our timers do not, so without this a program whose last act is
 * `await client.stop()` would end in the middle of a pause between two tries.
 */
export function keepProcessAlive(): Cancel {
  const timer = setInterval(() => {}, MAX_TIMER_MS)
  return () => clearInterval(timer)
}
