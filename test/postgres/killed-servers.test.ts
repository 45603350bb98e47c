import { expect, it } from 'vitest'

import {
  startServerOnPostgres,
  someServersOnPostgres,
} from '../../packages/server/src/testing/a-server-on-postgres.ts'
import { aSharedDatabase } from '../../packages/server/src/testing/a-shared-database.ts'
import { aPostgresDatabase } from '../../packages/server/src/testing/postgres-database.ts'
import { expectAllStoredAndCounted, expectNothingLost, startLoad } from './load.ts'

const ROUNDS = 2

it('has every acknowledged event once after the leader of two servers was killed twice under load', async () => {
  await using database = await aSharedDatabase(await aPostgresDatabase())
  await using running = await someServersOnPostgres(database, [{}, {}])
  const { servers } = running
  const load = startLoad(
    database,
    [0, 1].map((number) => () => servers[number]?.url ?? ''),
  )
  const takeoversMs: number[] = []

  for (let round = 0; round < ROUNDS; round++) {
    await load.more(500)
    await expect.poll(() => database.leaderPid(), { timeout: 10_000 }).toBeDefined()
    const leaderPid = await database.leaderPid()
    const number = servers.findIndex(({ pid }) => pid === leaderPid)
    await servers[number]?.kill()
    const killedAtMs = Date.now()
    await expectNothingLost(database, load)
    await expect
      .poll(() => database.leaderPid(), { timeout: 15_000, interval: 50 })
      .toBe(servers[1 - number]?.pid)
    takeoversMs.push(Date.now() - killedAtMs)
    servers[number] = await startServerOnPostgres(database)
  }
  await load.finish()

  expect(Math.max(...takeoversMs)).toBeLessThan(10_000)
  expect(load.acknowledged().size).toBe(load.sentEvents)
  expect(load.refusedRequests()).toBe(0)
  await expectAllStoredAndCounted(database, load.acknowledged())
}, 60_000)
