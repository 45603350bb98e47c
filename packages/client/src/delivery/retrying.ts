import type { Sleeper } from './sleeper.ts'
import type { Batch, Transport } from './transport.ts'

/** How often and how long to wait before the next try. */
export interface Patience {
  /** Tries after the first one. */
  readonly maxRetries: number
  /** A number from 0 up to, but not including, 1. */
  readonly random: () => number
}

const FIRST_DELAY_MS = 1_000
/** The longest pause between two tries of one cycle. What a server asks for beyond it is left to the next cycle. */
export const MAX_DELAY_MS = 60_000

/** Tries again while the server is away: exponential backoff with full jitter, or what `Retry-After` asks for. */
export function retrying(
  inner: Transport,
  patience: Patience,
  sleeper: Sleeper,
  onRetry: (batch: Batch) => void,
): Transport {
  return {
    async send(batch, signal) {
      for (let attempt = 1; ; attempt++) {
        const outcome = await inner.send(batch, signal)
        if (outcome.kind !== 'try_again' || attempt > patience.maxRetries || signal.aborted) return outcome

        const { afterMs } = outcome
        if (afterMs !== undefined && afterMs > MAX_DELAY_MS) return outcome

        // Only our own guess may be cut short by somebody in a hurry; what the server asked for stands.
        const wakeable = afterMs === undefined
        await sleeper.sleep(afterMs ?? backoffMs(attempt, patience.random), signal, { wakeable })
        if (signal.aborted) return outcome
        onRetry(batch)
      }
    },
  }
}

/** Full jitter: anywhere between now and the doubled delay, so that a fleet does not return in step. */
export function backoffMs(attempt: number, random: () => number): number {
  return random() * Math.min(MAX_DELAY_MS, FIRST_DELAY_MS * 2 ** (attempt - 1))
}
