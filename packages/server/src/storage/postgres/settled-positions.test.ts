import { expect, it } from 'vitest'

import { rowsOf } from '../../testing/an-event.ts'
import { createInstance } from '../../testing/engines.ts'
import { aPostgresDatabase, withClient } from '../../testing/postgres-database.ts'
import { openObservations } from './observations.ts'
import { openDatabase, openSession } from './open-database.ts'
import { openPostgresStore } from './postgres-store.ts'
import type { Statement } from './session.ts'
import { openSettledPositions } from './settled-positions.ts'

it('reads no event behind one that is still on its way, and misses none when that one comes', async () => {
  await using database = await aDatabase()
  const early = await database.begin()
  await early.takePosition()
  await database.store.appendEvents([rowsOf(database.sender, [2])])

  const meanwhile = await database.read()
  await early.commit(1)
  const afterwards = await database.read()

  expect(meanwhile).toEqual([])
  expect(afterwards).toEqual([1, 2])
})

it('waits likewise for a transaction that drew its id early and its position late', async () => {
  await using database = await aDatabase()
  const early = await database.begin()
  await early.takeId()
  const late = await database.begin()
  await late.takeId()
  await late.takePosition() // the smaller position belongs to the greater id
  await early.takePosition()
  await early.commit(2)

  const meanwhile = await database.read()
  await late.commit(1)
  const afterwards = await database.read()

  expect(meanwhile).toEqual([])
  expect(afterwards).toEqual([1, 2])
})

it('goes on past positions that were taken by a transaction which came to nothing', async () => {
  await using database = await aDatabase()
  const early = await database.begin()
  await early.takePosition()
  await database.store.appendEvents([rowsOf(database.sender, [2])])
  await early.rollBack()

  expect(await database.read()).toEqual([2])
})

it('reads on from where everything was settled while a newer transaction is held open', async () => {
  await using database = await aDatabase()
  await database.store.appendEvents([rowsOf(database.sender, [1])])
  const atFirst = await database.read()
  const open = await database.begin()
  await open.takePosition()
  await database.store.appendEvents([rowsOf(database.sender, [3])])

  const meanwhile = await database.read()
  await open.commit(2)

  expect(atFirst).toEqual([1])
  expect(meanwhile).toEqual([1])
  expect(await database.read()).toEqual([1, 2, 3])
})

it('misses nothing while many write at once, and reads each event once', async () => {
  await using database = await aDatabase()
  const { store, sender } = database
  const batches = Array.from({ length: 60 }, (_, batch) => [batch * 3 + 1, batch * 3 + 2, batch * 3 + 3])
  let isWriting = true
  const read: number[] = []
  const reading = (async () => {
    for (let position = 0, isLast = false; ;) {
      const page = await store.observationsAfter(position, 10)
      read.push(...page.map(({ inputTokens }) => inputTokens))
      position = page.at(-1)?.position ?? position
      if (page.length === 0 && isLast) return
      isLast = !isWriting
    }
  })()

  const lanes = [0, 1, 2].map(async (lane) => {
    for (const batch of batches.filter((_, index) => index % 3 === lane)) {
      await store.appendEvents([rowsOf(sender, batch)])
    }
  })
  await Promise.all(lanes)
  isWriting = false
  await reading

  expect([...read].sort((a, b) => a - b)).toEqual(batches.flat())
})

it('takes nothing for settled that was found before a crash, since numbers below may be given again', async () => {
  const server = { reached: 200, mark: 10, oldestRunning: 11, connectionsMade: 1 }
  const database = {
    get connectionsMade() {
      return server.connectionsMade
    },
    async get(statement: Statement) {
      const sql = String(statement)
      if (sql.includes('FROM event_positions')) return { reached: server.reached }
      if (sql.includes('pg_current_xact_id')) return { mark: String(server.mark) }
      return { is_settled: server.oldestRunning > server.mark }
    },
  }
  const positions = openSettledPositions(database, 20)
  const before = await positions.newest()

  // It has forgotten the numbers up to 200, has given them again, and somebody holds one of them.
  Object.assign(server, { reached: 250, mark: 20, oldestRunning: 15, connectionsMade: 2 })
  const meanwhile = await positions.newest()
  server.oldestRunning = 21
  const afterwards = await positions.newest()

  expect([before, meanwhile, afterwards]).toEqual([200, 0, 250])
})

/** A database with an instance, and transactions that the test takes apart. */
async function aDatabase() {
  const url = await aPostgresDatabase()
  const store = await openPostgresStore(url)
  const sender = await createInstance(store, 0)
  const reads = openDatabase(url, { maxConnections: 1, statementTimeoutMs: 5_000 })
  const observationsAfter = openObservations(reads, openSettledPositions(reads, 50))
  await withClient(url, (client) => client.query(COPY_OF_AN_EVENT))
  return {
    store,
    sender,
    read: async () => (await observationsAfter(0, 100)).map(({ inputTokens }) => inputTokens),
    async begin() {
      const session = await openSession(url, 5_000)
      let position = 0
      await session.run('BEGIN')
      return {
        takeId: () => session.get('SELECT pg_current_xact_id()'),
        async takePosition() {
          // As the default of the column does.
          const row = await session.get(
            "SELECT CASE WHEN pg_current_xact_id() IS NOT NULL THEN nextval('event_positions') END AS position",
          )
          position = Number(row?.['position'])
        },
        async commit(number: number) {
          await session.run('SELECT put_event($1, $2, $3)', [position, sender.instanceNo, number])
          await session.run('COMMIT')
          await session.close()
        },
        async rollBack() {
          await session.run('ROLLBACK')
          await session.close()
        },
      }
    },
    async [Symbol.asyncDispose]() {
      await reads.close()
      await store.close()
    },
  }
}

/** Puts an event under a position that was taken before. */
const COPY_OF_AN_EVENT = `
  SET search_path TO mosaic_telemetry;
  INSERT INTO words (word) VALUES ('claude-sonnet-4-5');
  CREATE FUNCTION put_event(taken bigint, sender integer, number integer) RETURNS void LANGUAGE sql AS $$
    INSERT INTO events VALUES (taken, 0, 0, 0, sender, 0, 1, NULL, 0, 0, number, 0, 0, 0,
                               0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, NULL, gen_random_uuid())
  $$`
