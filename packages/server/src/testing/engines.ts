import { join } from 'node:path'

import { openPostgresStore } from '../storage/postgres/postgres-store.ts'
import { openSqliteStore } from '../storage/sqlite/sqlite-store.ts'
import type { Instance, Store } from '../storage/store.ts'
import { instance, NOW_MS } from './an-observation.ts'
import { aPostgresDatabase } from './postgres-database.ts'
import { aTempDir } from './temp-dir.ts'

/** A database of a test's own. It is removed, and every store on it closed, at the end of the block. */
export interface TestDatabase extends AsyncDisposable {
  open(): Promise<Store>
}

/** One implementation of the `Store` port. */
export interface Engine {
  readonly name: string
  createDatabase(): Promise<TestDatabase>
}

/** Every engine there is: the tests of the port run once for each. */
export const ENGINES: readonly Engine[] = [
  { name: 'sqlite', createDatabase: async () => aSqliteDatabase() },
  { name: 'postgres', createDatabase: createPostgresDatabase },
]

/** Puts the instance with a number into a store. */
export async function createInstance(store: Store, number: number): Promise<Instance> {
  const created = await store.createInstance({
    instanceId: instance(number),
    name: `instance ${number}`,
    createdAtMs: NOW_MS,
  })
  if (created === undefined) throw new Error(`instance ${number} exists already`)
  return created
}

function aSqliteDatabase(): TestDatabase {
  const directory = aTempDir()
  return tracking(
    () => openSqliteStore(join(directory.path, 'telemetry.db')),
    () => directory[Symbol.dispose](),
  )
}

async function createPostgresDatabase(): Promise<TestDatabase> {
  const url = await aPostgresDatabase()
  // The database itself goes with all the others at the end of the run: removing it takes longer than making it.
  return tracking(
    () => openPostgresStore(url),
    () => {},
  )
}

function tracking(openStore: () => Promise<Store>, remove: () => void): TestDatabase {
  const open = new Set<Store>()
  return {
    async open() {
      const store = await openStore()
      const tracked: Store = { ...store, close: () => (open.delete(tracked), store.close()) }
      open.add(tracked)
      return tracked
    },
    async [Symbol.asyncDispose]() {
      for (const store of open) await store.close()
      remove()
    },
  }
}
