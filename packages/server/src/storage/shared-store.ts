import type { StoredUnit } from '../predictions/units.ts'
import type { Store } from './store.ts'

/** What a store can do besides, that several server processes share: it keeps one projection for all of them. */
export interface SharedStore extends Store {
  readonly engine: 'postgres'
  /**
   * The units saved since a version, and the newest version: first those that were removed, without samples.
   *
   * @returns `undefined` where the epoch is another one or the version too old: then all units are to be loaded anew.
   */
  unitsSavedSince(version: ProjectionVersion): Promise<SavedUnits | undefined>
  loadUnits(): Promise<SavedUnits & { readonly position: number }>
  /** Asks for the right to keep the projection. @returns `undefined` while another process has it. */
  takeLead(): Promise<Leadership | undefined>
}

/** How new the saved units are. */
export interface ProjectionVersion {
  /** Grows when another process takes the projection over. */
  readonly epoch: number
  /** Grows with every save. */
  readonly version: number
}

export interface SavedUnits extends ProjectionVersion {
  readonly units: readonly StoredUnit[]
}

/** The right to keep the projection, from the moment it is won until it is given up or lost. */
export interface Leadership {
  /** Whether it seems to be held. Saving tells for sure. */
  readonly isHeld: boolean
  /**
   * Tells that everything is loaded. Until then the process may be silent for a minute without being taken for dead,
   * since it puts units into memory in one go; from then on, for four seconds.
   */
  endLoading(): Promise<void>
  /** @throws LeadershipLost where another process has taken over; nothing is saved then. */
  saveUnits(units: readonly StoredUnit[], position: number): Promise<void>
  resign(): Promise<void>
}

/** Another process keeps the projection now. */
export class LeadershipLost extends Error {
  override readonly name = 'LeadershipLost'
}
