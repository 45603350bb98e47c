import { ProbeGate } from './probe-gate.ts'
import type { Sleeper } from './sleeper.ts'
import type { Batch, Setback, Transport } from './transport.ts'

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

/**
 * Tries again while the server is away: exponential backoff with full jitter, or what `Retry-After` asks for. Of several
 * batches one tries; the others wait for its outcome and share it.
 */
export function retrying(
  inner: Transport,
  patience: Patience,
  sleeper: Sleeper,
  onRetry: (batch: Batch) => void,
): Transport {
  const gate = new ProbeGate()

  return {
    async send(batch, signal) {
      let setback: Setback | undefined
      try {
        for (let attempt = 1; ; attempt++) {
          const shared = await gate.pass(batch)
          if (shared !== undefined) return shared

          if (setback !== undefined) onRetry(batch)
          const outcome = await inner.send(batch, signal)
          if (outcome.kind === 'answered' || outcome.kind === 'at_fault') {
            gate.open()
            return outcome
          }

          setback = outcome
          gate.fail(batch, outcome)
          if (attempt > patience.maxRetries || !(await waitFor(outcome, attempt, signal))) return outcome
        }
      } finally {
        gate.leave(batch, setback)
      }
    },
  }

  /** Resolves to whether another try makes sense after this wait. */
  async function waitFor(setback: Setback, attempt: number, signal: AbortSignal): Promise<boolean> {
    if (setback.kind === 'denied') return false
    const { afterMs } = setback
    if (afterMs !== undefined && afterMs > MAX_DELAY_MS) return false

    // Only our own guess may be cut short by somebody in a hurry; what the server asked for stands.
    const wakeable = afterMs === undefined
    await sleeper.sleep(afterMs ?? backoffMs(attempt, patience.random), signal, { wakeable })
    return !signal.aborted
  }
}

/** Full jitter: anywhere between now and the doubled delay, so that a fleet does not return in step. */
export function backoffMs(attempt: number, random: () => number): number {
  return random() * Math.min(MAX_DELAY_MS, FIRST_DELAY_MS * 2 ** (attempt - 1))
}
