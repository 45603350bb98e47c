import type { Store } from '../store.ts'
import { IN_ORDER_SETTINGS, openObservations } from './observations.ts'
import { openDatabase } from './open-database.ts'
import { openSettledPositions } from './settled-positions.ts'

const STATEMENT_TIMEOUT_MS = 60_000

/** Reads stored events beside the store, in a thread that has nothing else to ask. */
export function openPostgresObservations(url: string): Store['observationsAfter'] {
  const database = openDatabase(url, {
    maxConnections: 1,
    statementTimeoutMs: STATEMENT_TIMEOUT_MS,
    settings: IN_ORDER_SETTINGS,
  })
  return openObservations(database, openSettledPositions(database))
}
