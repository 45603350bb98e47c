import { expect, it } from 'vitest'

import { someServersOnPostgres } from '../../packages/server/src/testing/a-server-on-postgres.ts'
import { aSharedDatabase, createDatabase } from '../../packages/server/src/testing/a-shared-database.ts'
import { anEvent, eventId } from '../../packages/server/src/testing/an-event.ts'
import { startPostgresCluster } from '../../packages/server/src/testing/postgres-cluster.ts'
import { withClient } from '../../packages/server/src/testing/postgres-database.ts'
import { post } from '../end-to-end/sender.ts'
import { expectAllStoredAndCounted, expectNothingLost, startLoad } from './load.ts'

it('goes over to the replica that was promoted, which has every acknowledged event, when the primary is killed under load', async () => {
  await using primary = await startPostgresCluster()
  const primaryUrl = await createDatabase(primary)
  await using replica = await primary.startReplica()
  const url = primaryUrl.replace(primary.place, `${primary.place},${replica.place}`)
  await using database = await aSharedDatabase(url)
  await using running = await someServersOnPostgres(database, [{}, {}])
  const load = startLoad(
    database,
    running.servers.map((server) => () => server.url),
  )

  await load.more(1000)
  await primary.kill()
  const killedAtMs = Date.now()
  await replica.promote()
  await expectNothingLost(database, load)
  await load.more(1000)
  const tookMs = Date.now() - killedAtMs
  await load.finish()

  expect(tookMs).toBeLessThan(10_000)
  expect(load.acknowledged().size).toBe(load.sentEvents)
  await expectAllStoredAndCounted(database, load.acknowledged())
}, 60_000)

it('acknowledges no event that the replica may not have, also where the wait for it is cut short', async () => {
  await using primary = await startPostgresCluster()
  const url = await createDatabase(primary)
  await using replica = await primary.startReplica()
  await using database = await aSharedDatabase(url)
  await using running = await someServersOnPostgres(database, [{}])
  const [server] = running.servers
  const send = (number: number) =>
    post({ url: server?.url ?? '', apiKey: database.apiKey }, '/v1/events/batch', {
      events: [{ ...anEvent(), event_id: eventId(number) }],
    })
  const before = await send(1)

  const receiverPid = await replica.receiverPid()
  process.kill(receiverPid, 'SIGSTOP')
  const sending = send(2)
  await expect.poll(() => cancelWaits(url), { timeout: 10_000, interval: 50 }).toBeGreaterThan(0)
  const meanwhile = await sending
  // It is stored by now, and known as a repeat; still the replica has to have it before that is said.
  const sendingAgain = send(2)
  await expect.poll(() => commitsWaiting(url), { timeout: 10_000, interval: 50 }).toBe(1)
  process.kill(receiverPid, 'SIGCONT')
  const again = await sendingAgain

  expect([before, meanwhile, again].map((answer) => answer?.status)).toEqual([202, 503, 202])
  expect(again?.body.results).toMatchObject([{ status: 'rejected', code: 'duplicate' }])
  await expectAllStoredAndCounted(database, new Set([eventId(1), eventId(2)]))
}, 60_000)

const WAITING = `
  FROM pg_stat_activity WHERE wait_event = 'SyncRep' AND query LIKE '%INSERT INTO events%' AND pid <> pg_backend_pid()`

/** Appends that are committed here and wait for the replica. */
async function commitsWaiting(url: string): Promise<number> {
  return withClient(url, async (client) => (await client.query(`SELECT pid ${WAITING}`)).rows.length)
}

/** Cuts their wait short, as an operator does with one that hangs. */
async function cancelWaits(url: string): Promise<number> {
  return withClient(
    url,
    async (client) => (await client.query(`SELECT pg_cancel_backend(pid) ${WAITING}`)).rows.length,
  )
}
