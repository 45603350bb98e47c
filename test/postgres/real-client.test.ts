import { randomInt, randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'

import { TelemetryClient } from '@mosaicstack/telemetry-client'
import { expect, it } from 'vitest'

import { someServersOnPostgres } from '../../packages/server/src/testing/a-server-on-postgres.ts'
import { aSharedDatabase } from '../../packages/server/src/testing/a-shared-database.ts'
import { anEvent } from '../../packages/server/src/testing/an-event.ts'
import { aPostgresDatabase } from '../../packages/server/src/testing/postgres-database.ts'
import { aTempDir } from '../../packages/server/src/testing/temp-dir.ts'
import { aBalancer } from './balancer.ts'
import { expectAllStoredAndCounted } from './load.ts'

const EVENTS = 3000

it('delivers every event of the real client once when one of two servers is killed under load', async () => {
  using spool = aTempDir()
  await using database = await aSharedDatabase(await aPostgresDatabase())
  await using running = await someServersOnPostgres(database, [{}, {}])
  const { servers } = running
  await using balancer = await aBalancer(() => servers.map(({ url }) => url))
  const client = new TelemetryClient({
    serverUrl: balancer.url,
    apiKey: database.apiKey,
    instanceId: database.instanceId,
    spoolDir: spool.path,
    submitIntervalMs: 50,
    batchSize: 20,
    flushAt: 20,
  })
  client.start()
  const sent = new Set<string>()

  for (let number = 0; number < EVENTS; number++) {
    const id = randomUUID()
    sent.add(id)
    client.track(anEvent({ event_id: id, actual_input_tokens: randomInt(1, 100_000) }))
    if (number === EVENTS / 2) void servers[number % 2]?.kill()
    if (number % 20 === 0) await sleep(2)
  }
  await expect.poll(() => client.stats.delivered, { timeout: 30_000, interval: 100 }).toBe(EVENTS)
  await client.stop()

  await expectAllStoredAndCounted(database, sent)
}, 60_000)
