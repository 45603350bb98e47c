import type { TelemetryError } from '../telemetry-error.ts'

/** Records on their way together, each as its JSON text. */
export type Batch = readonly string[]

/** What became of one record of a batch that was answered. */
export type Fate =
  | { readonly kind: 'delivered' }
  /** The server has it already, from a try whose answer was lost. */
  | { readonly kind: 'duplicate' }
  /** Never to be taken: counted, reported, dead-lettered. */
  | { readonly kind: 'refused'; readonly cause: TelemetryError }
  /** Not settled: it goes back to the front. */
  | { readonly kind: 'waiting' }

/** What became of one batch. Everything a network can do is a value; only our own bugs throw. */
export type BatchOutcome =
  /** Answered record by record, index for index. */
  | { readonly kind: 'answered'; readonly fates: readonly Fate[] }
  /** The server is away, busy, or something else answered in its name. */
  | { readonly kind: 'try_again'; readonly afterMs: number | undefined; readonly cause: TelemetryError }
  /** Nothing this client sends is taken as it is set up now: wrong key, wrong instance, wrong address. */
  | { readonly kind: 'denied'; readonly cause: TelemetryError }
  /** Something in this very batch is at fault: its size, or one of its records. */
  | { readonly kind: 'at_fault'; readonly cause: TelemetryError }

/** Sends one batch, once or with some strategy. */
export interface Transport {
  send(batch: Batch, signal: AbortSignal): Promise<BatchOutcome>
}

/** Why the cycle ends with records still waiting. */
export type Setback = Extract<BatchOutcome, { readonly kind: 'try_again' | 'denied' }>

/** A batch after every strategy has been tried: one fate a record, and what stopped us if some still wait. */
export interface BatchReport {
  readonly fates: readonly Fate[]
  readonly setback: Setback | undefined
}

export interface Delivery {
  deliver(batch: Batch, signal: AbortSignal): Promise<BatchReport>
}

export const DELIVERED: Fate = Object.freeze({ kind: 'delivered' })
export const DUPLICATE: Fate = Object.freeze({ kind: 'duplicate' })
export const WAITING: Fate = Object.freeze({ kind: 'waiting' })
