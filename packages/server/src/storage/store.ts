import type { Observation } from '../predictions/observation.ts'
import type { StoredUnit } from '../predictions/units.ts'
import type { ServerError } from '../server-error.ts'
import type { EventRows } from './event-rows.ts'
import type { OtlpStore } from './otlp-store.ts'
import type { RetentionStore } from './retention-store.ts'
import type { RollupComparison, RollupStore } from './rollup-store.ts'
import type { RunStore } from './run-store.ts'
import type { SavedState, StateName, StateToSave } from './saved-state.ts'
import type { StoredEvents } from './stored-event.ts'

/**
 * What the server asks of its database, in questions rather than tables. Each engine answers all of them and passes
 * the same tests (`store-*.test.ts`).
 *
 * Always true
 * - What an outcome calls stored is durable: it survives `kill -9` and power loss.
 * - `(instance, event_id)` is stored once; the first received wins, also after it was pruned.
 * - Positions grow in the order in which readers can see events, so whoever has read up to a position misses nothing.
 */
export interface Store extends RunStore, OtlpStore, RetentionStore, RollupStore, StoredEvents {
  readonly engine: 'sqlite' | 'postgres'
  /** Groups of events that it takes at once. */
  readonly groupsAtOnce: number
  /** Events that are worth a group of their own while another is under way. */
  readonly furtherGroupEvents: number
  /** Resolves where it can answer nothing more until it is opened anew. */
  readonly failed: Promise<ServerError>

  /** Stores the rows of several requests in one transaction: all of them or none. */
  appendEvents(requests: readonly EventRows[]): Promise<AppendOutcome>
  /** What predictions keep of the events after a position, in order of position. */
  observationsAfter(position: number, limit: number): Promise<readonly PositionedObservation[]>
  countEvents(): Promise<number>

  /** All prediction units, and the position up to which events are folded into them. */
  loadUnits(): Promise<{ readonly units: readonly StoredUnit[]; readonly position: number }>
  /** Replaces the given units and the position in one transaction. */
  saveUnits(units: readonly StoredUnit[], position: number): Promise<void>
  /**
   * Puts these units in the place of all there are, with the position, in one transaction, and drops what was saved of the
   * forecast: it is learned again.
   */
  replaceUnits(units: readonly StoredUnit[], position: number): Promise<void>
  /** One state of units and events, whatever is written meanwhile. Close it soon: old pages are kept for it. */
  openSnapshot(): Promise<StoreSnapshot>

  /** Instances that predictions count less than fully, 0 to 1 by id. */
  loadTrust(): Promise<ReadonlyMap<string, number>>
  /** Replaces what `loadTrust` gives, for instances that exist. */
  saveTrust(trust: ReadonlyMap<string, number>): Promise<void>

  /** The state saved last under a name. @returns `undefined` where there is none, or none newer than a revision. */
  loadState(name: StateName, newerThanRevision?: number): Promise<SavedState | undefined>
  /** Replaces it. Nothing is saved where an instance was deleted that the state may know. */
  saveState(name: StateName, state: StateToSave): Promise<void>

  /** @returns `undefined` where that instance exists already, or was deleted: an id is never given again. */
  createInstance(instance: NewInstance): Promise<Instance | undefined>
  listInstances(): Promise<readonly Instance[]>
  findInstance(instanceId: string): Promise<Instance | undefined>
  /**
   * Deletes an instance with its events, units, keys and everything else that it sent, all in one transaction.
   * @returns `undefined` where there is no such instance.
   */
  deleteInstance(instanceId: string, deletedAtMs: number): Promise<DeletedEvents | undefined>
  /** Instances deleted after a deletion number, by whichever process. */
  deletionsAfter(deletionNo: number): Promise<readonly Deletion[]>

  createKey(key: NewApiKey): Promise<ApiKey>
  listKeys(instanceId: string): Promise<readonly ApiKey[]>
  /** @returns the key, or `undefined` where there is none of that id. Revoking twice keeps the first time. */
  revokeKey(keyId: string, revokedAtMs: number): Promise<ApiKey | undefined>
  /** Keys created, changed or revoked after a change number, by whichever process. */
  keysChangedSince(changeNo: number): Promise<readonly ApiKey[]>
  /** Notes when keys were last used; not a change in the sense of `keysChangedSince`. */
  touchKeys(lastUsedAtMs: ReadonlyMap<string, number>): Promise<void>

  status(): Promise<StoreStatus>
  close(): Promise<void>
}

export type AppendOutcome =
  | { readonly kind: 'stored'; readonly requests: readonly AppendedRows[]; readonly position: number }
  /** Nothing of it was stored; the cause is for the log, not for a client. */
  | { readonly kind: 'unavailable'; readonly cause: string }

/** The requests of one committed transaction. */
export interface StoredGroup {
  readonly requests: readonly EventRows[]
  readonly appended: readonly AppendedRows[]
  /** Position of the newest event then. */
  readonly position: number
}

/** One byte a row, in the order given: an `AppendedRow`. */
export type AppendedRows = Uint8Array

/** What became of a row. */
export const AppendedRow = {
  STORED_BEFORE: 0,
  STORED: 1,
  /** Its instance was deleted while the request was on its way. */
  INSTANCE_DELETED: 2,
} as const

export interface StoreSnapshot extends Pick<Store, 'loadUnits' | 'observationsAfter' | 'close'> {
  /** Makes the rollups anew from the events of this state, and compares. */
  compareRollups(): Promise<RollupComparison>
}

export interface PositionedObservation extends Observation {
  readonly position: number
}

export interface NewInstance {
  readonly instanceId: string
  readonly name: string | null
  readonly createdAtMs: number
}

export interface Instance extends NewInstance {
  /** The short number under which events refer to it. */
  readonly instanceNo: number
  /** How much predictions count it by the last fit of the forecast, 0 (set aside) to 1. */
  readonly trust: number
}

/** What went with a deleted instance. */
export interface DeletedEvents {
  readonly events: number
}

/** That an instance was deleted: its id is known by its hash alone. */
export interface Deletion {
  /** Grows with every deletion. */
  readonly deletionNo: number
  readonly instanceIdSha256: Uint8Array
}

export interface NewApiKey {
  readonly keyId: string
  readonly instanceNo: number
  readonly sha256: Uint8Array
  /** The key's first characters, to tell keys apart in a list. */
  readonly prefix: string
  readonly label: string | null
  readonly createdAtMs: number
  readonly expiresAtMs: number | null
}

export interface ApiKey extends NewApiKey {
  readonly instanceId: string
  readonly lastUsedAtMs: number | null
  readonly revokedAtMs: number | null
  /** Grows with every change of any key. */
  readonly changeNo: number
}

export interface StoreStatus {
  readonly engine: Store['engine']
  /** The database file, for loopback callers only. */
  readonly path: string | null
  readonly journalMode: string | null
  readonly synchronous: string | null
  readonly sizeBytes: number
}
