import { expect, it } from 'vitest'

import { rowsOf } from '../../testing/an-event.ts'
import { createInstance } from '../../testing/engines.ts'
import { aPostgresDatabase, withClient } from '../../testing/postgres-database.ts'
import type { AppendOutcome } from '../store.ts'
import { openPostgresStore } from './postgres-store.ts'

it('stores overlapping batches of several processes, sent in opposite orders, each event once and without a deadlock', async () => {
  const url = await aPostgresDatabase()
  const stores = [await openPostgresStore(url), await openPostgresStore(url)]
  const senders = [await createInstance(stores[0]!, 0), await createInstance(stores[0]!, 1)]
  const numbers = Array.from({ length: 200 }, (_, index) => index + 1)

  const rounds = Array.from({ length: 10 }, (_, round) => {
    const own = numbers.map((number) => round * 1000 + number)
    return Promise.all(
      stores.flatMap((store) => [
        store.appendEvents(senders.map((sender) => rowsOf(sender, own))),
        store.appendEvents(senders.toReversed().map((sender) => rowsOf(sender, own.toReversed()))),
      ]),
    )
  })
  const outcomes = (await Promise.all(rounds)).flat()

  expect(storedIn(outcomes)).toBe(10 * 200 * 2)
  expect(await stores[0]!.countEvents()).toBe(10 * 200 * 2)
  const deadlocks = await withClient(url, async (client) => {
    await client.query('SELECT pg_stat_force_next_flush()')
    const { rows } = await client.query(
      'SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()',
    )
    return Number(rows[0].deadlocks)
  })
  expect(deadlocks).toBe(0)
  for (const store of stores) await store.close()
})

it('does an append again that has given way to a transaction outside the order of keys', async () => {
  const url = await aPostgresDatabase()
  const store = await openPostgresStore(url)
  const sender = await createInstance(store, 0)
  await store.appendEvents([rowsOf(sender, [1, 2])])
  await withClient(url, async (client) => {
    await client.query('SET search_path TO mosaic_telemetry')
    const insert = (number: number) =>
      client.query(`INSERT INTO events SELECT (copy).* FROM (
        SELECT jsonb_populate_record(events, jsonb_build_object(
          'position', position + 100, 'event_id', '00000000-0000-7000-8000-00000000000' || ${number})) AS copy
          FROM events WHERE actual_input_tokens = 1) AS copied ON CONFLICT DO NOTHING`)
    await client.query("SET deadlock_timeout = '10s'; BEGIN")
    await insert(9)

    // It has 5 and waits for our 9; we want its 5, so one of the two has to give way, and we are the more patient.
    const appending = store.appendEvents([rowsOf(sender, [5, 9])])
    await expect.poll(() => waitingSessions(url), { timeout: 5_000, interval: 20 }).toBeGreaterThan(0)
    await insert(5)
    await client.query('COMMIT')

    expect(await appending).toMatchObject({ kind: 'stored', requests: [Uint8Array.of(0, 0)] })
  })
  await store.close()
})

it('says that a write is unavailable, and a read that the store is, when the database does not answer', async () => {
  const url = await aPostgresDatabase()
  const store = await openPostgresStore(url)
  const sender = await createInstance(store, 0)
  const name = new URL(url).pathname.slice(1)
  await withClient(url.replace(name, 'postgres'), async (client) => {
    await client.query(`ALTER DATABASE ${name} ALLOW_CONNECTIONS false`)
    await client.query('SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = $1', [name])

    expect(await store.appendEvents([rowsOf(sender, [1])])).toMatchObject({ kind: 'unavailable' })
    await expect(store.listInstances()).rejects.toMatchObject({ name: 'StoreUnavailable' })

    await client.query(`ALTER DATABASE ${name} ALLOW_CONNECTIONS true`)
  })

  expect(await store.appendEvents([rowsOf(sender, [1])])).toMatchObject({ kind: 'stored' })
  await store.close()
})

function storedIn(outcomes: readonly AppendOutcome[]): number {
  return outcomes
    .flatMap((outcome) => (outcome.kind === 'stored' ? outcome.requests.flatMap((rows) => [...rows]) : []))
    .reduce((sum, flag) => sum + flag, 0)
}

async function waitingSessions(url: string): Promise<number> {
  return withClient(url, async (client) => {
    const { rows } = await client.query(
      "SELECT count(*) AS n FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'",
    )
    return Number(rows[0].n)
  })
}
