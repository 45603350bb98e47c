import type { Observation } from '../predictions/observation.ts'
import type { StoredUnit } from '../predictions/units.ts'
import type { EventRows } from './event-rows.ts'
import type { OtlpStore } from './otlp-store.ts'
import type { RunStore } from './run-store.ts'

/**
 * What the server asks of its database, in questions rather than tables. Each engine answers all of them and passes
 * the same tests (`store-*.test.ts`).
 *
 * Always true
 * - What an outcome calls stored is durable: it survives `kill -9` and power loss.
 * - `(instance, event_id)` is stored once; the first received wins.
 * - Positions grow in the order in which readers can see events, so whoever has read up to a position misses nothing.
 */
export interface Store extends RunStore, OtlpStore {
  readonly engine: 'sqlite' | 'postgres'

  /** Stores the rows of several requests in one transaction: all of them or none. */
  appendEvents(requests: readonly EventRows[]): Promise<AppendOutcome>
  /** What predictions keep of the events after a position, in order of position. */
  observationsAfter(position: number, limit: number): Promise<readonly PositionedObservation[]>
  countEvents(): Promise<number>

  /** All prediction units, and the position up to which events are folded into them. */
  loadUnits(): Promise<{ readonly units: readonly StoredUnit[]; readonly position: number }>
  /** Replaces the given units and the position in one transaction. */
  saveUnits(units: readonly StoredUnit[], position: number): Promise<void>

  /** @returns `undefined` where that instance exists already. */
  createInstance(instance: NewInstance): Promise<Instance | undefined>
  listInstances(): Promise<readonly Instance[]>
  findInstance(instanceId: string): Promise<Instance | undefined>

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

/** One byte a row, in the order given: 1 stored, 0 stored before. */
export type AppendedRows = Uint8Array

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
