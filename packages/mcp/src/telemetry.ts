import type { EventFields, PredictionQuery, PredictionResponse } from '@mosaicstack/telemetry-client'
import type { FailureWords } from '@mosaicstack/telemetry-client/describe'

/** The telemetry server, as the tools see it. Everything a network can do is a value. */
export interface Telemetry {
  ask(query: PredictionQuery): Promise<Asked>
  /** Keeps the event on disk before anything else, then tries to deliver it. */
  tell(event: EventFields): Promise<Told>
  /** Delivers for a moment what waits; the rest stays on disk. */
  close(): Promise<void>
}

export type Asked =
  | { readonly kind: 'answered'; readonly response: PredictionResponse }
  | ({ readonly kind: 'no_answer' } & FailureWords)

export type Told =
  /** The server has it, from now or from before. */
  | { readonly kind: 'stored' }
  /** On disk; delivered as soon as the server answers, by this process or the next. */
  | { readonly kind: 'waiting'; readonly cause: string }
  /** It can never be stored, or there is nobody to tell. */
  | ({ readonly kind: 'refused' } & FailureWords)
