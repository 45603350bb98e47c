import type { SerializableOptions } from '../settings.ts'
import type { Ending } from './fault-row.ts'

/** What the harness tells the application process. */
export interface FaultChildInput {
  readonly sdk: string
  readonly options: SerializableOptions
  readonly events: number
  readonly ending: Ending
  readonly stopsAtOnce: boolean
}

/** What the application process tells the harness. */
export type FaultChildReport =
  | { readonly kind: 'starting' }
  | { readonly kind: 'tracked' }
  /** The SDK reported something to its host. */
  | { readonly kind: 'told'; readonly message: string }
  | { readonly kind: 'stopped'; readonly tookMs: number }
