import { join } from 'node:path'

import { expect, it } from 'vitest'

import { NOW_MS } from '../../testing/an-observation.ts'
import { createInstance } from '../../testing/engines.ts'
import { storeEvents } from '../../testing/some-events.ts'
import { aTempDir } from '../../testing/temp-dir.ts'
import { openDatabase } from './open-database.ts'
import { openEventSums, openSumsAdder, rollupFolding } from './rollup-folding.ts'
import { openSqliteStore } from './sqlite-store.ts'

it('adds nothing of events of which some were deleted since they were added up', async () => {
  await using opened = await aStoreWithEvents()
  const { store, sender, sum, add } = opened
  const outdated = sum(10)

  await store.deleteInstance(sender.instanceId, NOW_MS)

  expect(add(outdated!)).toMatchObject({ isAdded: false })
  expect(await rollupsOf(store)).toEqual({ position: 0, rows: 0, differences: 0 })
})

it('adds nothing that somebody else has added since', async () => {
  await using opened = await aStoreWithEvents()
  const { store, sum, add } = opened
  const outdated = sum(2)

  await store.foldRollups(1)

  expect(add(outdated!)).toMatchObject({ isAdded: false })
  expect(await rollupsOf(store)).toMatchObject({ position: 1, differences: 0 })
})

it('adds up anew what has changed meanwhile', async () => {
  await using opened = await aStoreWithEvents()
  const { store, sum, add } = opened
  let sums = 0
  const fold = rollupFolding(
    {
      async sumNextEvents(maxEvents) {
        const next = sum(maxEvents)
        if (sums++ === 0) await store.foldRollups(1)
        return next
      },
    },
    { addEventSums: async (each) => add(each) },
  )

  const folded = await fold(10)

  expect([folded.events, sums]).toEqual([2, 2])
  expect(await rollupsOf(store)).toMatchObject({ position: 3, differences: 0 })
})

/** A store with three events that are not in its rollups, and both parts on a connection of their own. */
async function aStoreWithEvents() {
  const directory = aTempDir()
  const file = join(directory.path, 'telemetry.db')
  const store = await openSqliteStore(file)
  const sender = await createInstance(store, 0)
  await storeEvents(store, sender, [{ harness: 'aider' }, { complexity: 'high' }, { outcome: 'failure' }])
  const database = await openDatabase(file)
  return {
    store,
    sender,
    sum: openEventSums(database),
    add: openSumsAdder(database),
    async [Symbol.asyncDispose]() {
      database.close()
      await store.close()
      directory[Symbol.dispose]()
    },
  }
}

async function rollupsOf(store: Awaited<ReturnType<typeof openSqliteStore>>) {
  const snapshot = await store.openSnapshot()
  try {
    return await snapshot.compareRollups()
  } finally {
    await snapshot.close()
  }
}
