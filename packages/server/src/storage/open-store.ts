import { databaseFile } from '../local-files.ts'
import type { ObservationSource } from './observation-source.ts'
import type { PostgresOptions } from './postgres/postgres-store.ts'
import type { SharedStore } from './shared-store.ts'
import { openSqliteStore } from './sqlite/sqlite-store.ts'
import type { Store } from './store.ts'

/** Where everything is kept: in a PostgreSQL database, or else in a file of the data directory. */
export interface StorePlace {
  readonly databaseUrl: string | null
  readonly dataDir: string
}

/** @throws ServerError where the store cannot be used. */
export async function openStore(
  { databaseUrl, dataDir }: StorePlace,
  options: PostgresOptions = {},
): Promise<Store | SharedStore> {
  if (databaseUrl === null) return openSqliteStore(databaseFile(dataDir))
  // Whoever has an embedded store need not wait for the other one to be loaded.
  const { openPostgresStore } = await import('./postgres/postgres-store.ts')
  return openPostgresStore(databaseUrl, options)
}

/** Whether other server processes may be at work on the same store. */
export function isShared(store: Store | SharedStore): store is SharedStore {
  return 'takeLead' in store
}

/** Where a thread reads the events of that store from. */
export function sourceOf({ databaseUrl, dataDir }: StorePlace): ObservationSource {
  return databaseUrl === null
    ? { engine: 'sqlite', file: databaseFile(dataDir) }
    : { engine: 'postgres', url: databaseUrl }
}
