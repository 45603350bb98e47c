import type { Cancel, Clock } from '../delivery/clock.ts'

/** A clock that a test moves by hand. */
export class FakeClock implements Clock {
  #nowMs = Date.UTC(2026, 0, 1)
  readonly #timers = new Set<{ readonly atMs: number; readonly callback: () => void }>()

  readonly now = (): number => this.#nowMs

  after(delayMs: number, callback: () => void): Cancel {
    const timer = { atMs: this.#nowMs + delayMs, callback }
    this.#timers.add(timer)
    return () => this.#timers.delete(timer)
  }

  /** Delays of the timers that are set, shortest first. */
  get delaysMs(): number[] {
    return [...this.#timers].map(({ atMs }) => atMs - this.#nowMs).sort((a, b) => a - b)
  }

  /** Lets time pass: what is due by then happens in its order, and so does what follows from it. */
  async advance(ms: number): Promise<void> {
    const endMs = this.#nowMs + ms
    for (;;) {
      await settled()
      const next = [...this.#timers].sort((a, b) => a.atMs - b.atMs)[0]
      if (next === undefined || next.atMs > endMs) break
      this.#nowMs = Math.max(this.#nowMs, next.atMs)
      this.#timers.delete(next)
      next.callback()
    }
    this.#nowMs = endMs
  }
}

/** Resolves when the promises that can settle without time or network have done so. */
export function settled(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve))
}
