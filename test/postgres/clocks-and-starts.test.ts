import { expect, it } from 'vitest'

import {
  someServersOnPostgres,
  startServerOnPostgres,
} from '../../packages/server/src/testing/a-server-on-postgres.ts'
import { aSharedDatabase } from '../../packages/server/src/testing/a-shared-database.ts'
import { DAY_MS } from '../../packages/server/src/testing/an-observation.ts'
import { runChild } from '../../packages/server/src/testing/child-process.ts'
import { aPostgresDatabase, withClient } from '../../packages/server/src/testing/postgres-database.ts'
import { readMigrations } from '../../packages/server/src/storage/migrations.ts'
import { expectAllStoredAndCounted, startLoad } from './load.ts'

const PROCESSES = 10

it('stores and counts each event once while the clock of one of two servers is a day ahead, and then a day behind', async () => {
  await using database = await aSharedDatabase(await aPostgresDatabase())
  await using running = await someServersOnPostgres(database, [{}, { clockAheadMs: DAY_MS }])
  const { servers } = running
  const load = startLoad(
    database,
    [0, 1].map((number) => () => servers[number]?.url ?? ''),
  )

  await load.more(1000)
  await servers[1]?.kill()
  servers[1] = await startServerOnPostgres(database, { clockAheadMs: -DAY_MS })
  await load.more(1000)
  // Whoever has the true time leads or does not; both have to do.
  await servers[0]?.kill()
  servers[0] = await startServerOnPostgres(database)
  await load.more(500)
  await load.finish()

  expect(load.acknowledged().size).toBe(load.sentEvents)
  expect(load.refusedRequests()).toBe(0)
  await expectAllStoredAndCounted(database, load.acknowledged())
}, 60_000)

it('makes the tables of an empty database once when ten processes start at once', async () => {
  const url = await aPostgresDatabase('empty')

  const starts = Array.from({ length: PROCESSES }, () =>
    runChild(
      { databaseUrl: url, dataDir: '' },
      `process.stdin.once('data', async () => {
         const store = await server.openStore(given)
         console.log((await store.listInstances()).length)
         await store.close()
         process.exit()
       })
       console.log('ready')`,
    ),
  )
  await Promise.all(starts.map((start) => start.said('ready')))
  for (const start of starts) start.process.stdin?.write('go')
  const endings = await Promise.all(starts.map((start) => start.ended))

  expect(endings.map(({ code, stdout, stderr }) => [code, stdout, stderr])).toEqual(
    Array.from({ length: PROCESSES }, () => [0, 'ready\n0\n', '']),
  )
  const applied = await withClient(url, async (client) => {
    const { rows } = await client.query('SELECT number FROM mosaic_telemetry.migrations ORDER BY number')
    return rows.map((row) => row.number)
  })
  expect(applied).toEqual(readMigrations('postgres').map(({ number }) => number))
}, 60_000)
