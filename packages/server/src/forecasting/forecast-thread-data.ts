import type { MinInstances } from '../predictions/min-instances.ts'
import type { SavedState } from '../storage/saved-state.ts'
import type { ObservationSource } from '../storage/observation-source.ts'

/** What the forecast's thread starts with. */
export interface ForecastThreadData {
  readonly source: ObservationSource
  readonly minInstances: MinInstances
  readonly windowDays: number
  /** What an earlier thread had learned; undefined to learn from the beginning. */
  readonly saved: SavedState | undefined
}

/** What the thread tells. It is asked one thing only, by any message: to end. */
export type ForecastMessage =
  /** A forecast that is newer than the last, encoded. */
  | { readonly kind: 'published'; readonly bytes: Uint8Array }
  /** Everything learned up to a position. */
  | { readonly kind: 'checkpoint'; readonly position: number; readonly bytes: Uint8Array }
  /** How long ago the newest event arrived that is learned, while more are waiting; 0 where none is. */
  | { readonly kind: 'learned'; readonly lagMs: number }
  /** What was saved is of no use: everything is learned again. */
  | { readonly kind: 'begins_anew'; readonly reason: BeginsAnew }
  /** It has said everything and lets go of what it holds. */
  | { readonly kind: 'ended' }

/** Why what was saved is of no use. */
export type BeginsAnew = keyof typeof beginsAnew
export const beginsAnew = {
  unreadable: 'what it had learned is damaged, of another version or learned under other settings',
  ahead_of_events:
    'what it had learned knows events that are not stored, as after an older backup was restored',
} as const
