import { expect, it } from 'vitest'

import { someServersOnPostgres } from '../../packages/server/src/testing/a-server-on-postgres.ts'
import { aSharedDatabase, createDatabase } from '../../packages/server/src/testing/a-shared-database.ts'
import { startPostgresCluster } from '../../packages/server/src/testing/postgres-cluster.ts'
import { withClient } from '../../packages/server/src/testing/postgres-database.ts'
import { expectAllStoredAndCounted, expectNothingLost, startLoad } from './load.ts'

it('has every acknowledged event once after one connection of the database, and then all of it, were killed under load', async () => {
  await using cluster = await startPostgresCluster()
  await using database = await aSharedDatabase(await createDatabase(cluster))
  await using running = await someServersOnPostgres(database, [{}, {}])
  const load = startLoad(
    database,
    running.servers.map(
      ({ url }) =>
        () =>
          url,
    ),
  )

  await load.more(1000)
  process.kill(await aBusyConnection(database.url), 'SIGKILL') // PostgreSQL then ends all, and recovers
  await load.more(1000)
  await expectNothingLost(database, load)
  await cluster.kill()
  await cluster.start()
  await expectNothingLost(database, load)
  await load.more(1000)
  await load.finish()

  expect(load.acknowledged().size).toBe(load.sentEvents)
  expect(load.refusedRequests()).toBeGreaterThan(0)
  await expectAllStoredAndCounted(database, load.acknowledged())
}, 60_000)

/** One of a server's that has just stored events. */
async function aBusyConnection(url: string): Promise<number> {
  return withClient(url, async (client) => {
    const { rows } = await client.query(
      `SELECT pid FROM pg_stat_activity WHERE query LIKE '%INSERT INTO events%' AND pid <> pg_backend_pid()
        ORDER BY state = 'active' DESC LIMIT 1`,
    )
    return Number(rows[0].pid)
  })
}
