import { expect, it } from 'vitest'

import { rowsOf } from '../../testing/an-event.ts'
import { createInstance } from '../../testing/engines.ts'
import { aPostgresDatabase } from '../../testing/postgres-database.ts'
import { IN_ORDER_SETTINGS, openObservations } from './observations.ts'
import { openDatabase } from './open-database.ts'
import { openPostgresStore } from './postgres-store.ts'
import type { Session } from './session.ts'

it('reads full pages of what is known to be settled without looking at what is under way', async () => {
  await using events = await someEvents(25)
  const looks: number[] = []
  const observationsAfter = openObservations(events.reads, {
    known: () => 20,
    newest: async () => (looks.push(25), 25),
  })

  const first = await observationsAfter(0, 10)
  const second = await observationsAfter(10, 10)
  const looksBefore = looks.length
  const third = await observationsAfter(20, 10)

  expect([first, second, third].map(({ length }) => length)).toEqual([10, 10, 5])
  expect([looksBefore, looks.length]).toEqual([0, 1])
})

it('looks anew where a page of what is known has gaps', async () => {
  await using events = await someEvents(25)
  await events.reads.run('DELETE FROM events WHERE position IN (3, 4)')
  const observationsAfter = openObservations(events.reads, { known: () => 10, newest: async () => 25 })

  const page = await observationsAfter(0, 10)

  expect(page.map(({ position }) => position)).toEqual([1, 2, 5, 6, 7, 8, 9, 10, 11, 12])
})

it('drops a page of what was known, when that has turned out to be worth nothing', async () => {
  await using events = await someEvents(25)
  let asked = 0
  const observationsAfter = openObservations(events.reads, {
    known: () => (asked++ === 0 ? 25 : 0),
    newest: async () => 4,
  })

  const page = await observationsAfter(0, 10)

  expect(page).toHaveLength(4)
})

it('takes pages from the index in a table without statistics, however many events are behind', async () => {
  await using events = await someEvents(20_000)
  const plans: string[] = []
  const explained: Session = {
    ...events.reads,
    async get(statement, params) {
      const plan = await events.reads.all(`EXPLAIN ${String(statement)}`, params)
      plans.push(JSON.stringify(plan))
      return events.reads.get(statement, params)
    },
  }

  await openObservations(explained, { known: () => 0, newest: async () => 20_000 })(0, 1000)

  expect(plans).toHaveLength(1)
  expect(plans[0]).toMatch(/Merge Append/)
})

async function someEvents(count: number) {
  const url = await aPostgresDatabase()
  const store = await openPostgresStore(url)
  const sender = await createInstance(store, 0)
  await store.appendEvents([
    rowsOf(
      sender,
      Array.from({ length: count }, (_, index) => index + 1),
    ),
  ])
  const reads = openDatabase(url, {
    maxConnections: 1,
    statementTimeoutMs: 5_000,
    settings: IN_ORDER_SETTINGS,
  })
  return {
    reads,
    async [Symbol.asyncDispose]() {
      await reads.close()
      await store.close()
    },
  }
}
