import type { SqliteDriver } from './driver.ts'
import { openObservations } from './events.ts'
import { compareRollups } from './rollups.ts'
import { readUnits } from './units.ts'

/** What a connection offers that reads one state of the database until it is closed. */
export function snapshotOperations(database: SqliteDriver) {
  database.exec('BEGIN')
  return {
    /** Answers once the state is chosen: the first read does that. */
    ready: () => Number(database.prepare('SELECT count(*) AS n FROM projections').get()?.['n']) >= 0,
    loadUnits: () => readUnits(database),
    observationsAfter: openObservations(database),
    compareRollups: () => compareRollups(database),
    close: () => database.close(),
  }
}

export type SnapshotOperations = ReturnType<typeof snapshotOperations>
