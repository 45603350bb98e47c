import { join } from 'node:path'

import { openSqliteStore } from '../storage/sqlite/sqlite-store.ts'
import type { Instance, Store } from '../storage/store.ts'
import { instance, NOW_MS } from './an-observation.ts'
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
export const ENGINES: readonly Engine[] = [{ name: 'sqlite', createDatabase: async () => aSqliteDatabase() }]

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
  const open = new Set<Store>()
  return {
    async open() {
      const store = await openSqliteStore(join(directory.path, 'telemetry.db'))
      const tracked: Store = { ...store, close: () => (open.delete(tracked), store.close()) }
      open.add(tracked)
      return tracked
    },
    async [Symbol.asyncDispose]() {
      for (const store of open) await store.close()
      directory[Symbol.dispose]()
    },
  }
}
