import { expect, it } from 'vitest'

import { aPostgresDatabase } from '../../testing/postgres-database.ts'
import { openPostgresStore } from './postgres-store.ts'

/** Longer than a leader may be silent, once it has loaded. */
const LOAD_MS = 4_500

it('keeps the lead while it puts units into memory without a pause, for longer than it may be silent later', async () => {
  const url = await aPostgresDatabase()
  const store = await openPostgresStore(url)
  const leadership = await store.takeLead()

  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, LOAD_MS)
  await leadership?.endLoading()
  await leadership?.saveUnits([], 0)

  expect(leadership?.isHeld).toBe(true)
  expect(await store.takeLead()).toBeUndefined()
  await leadership?.resign()
  await store.close()
})
