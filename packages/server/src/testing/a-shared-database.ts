import { randomUUID } from 'node:crypto'

import { newApiKey } from '../auth/secrets.ts'
import { Projector } from '../predictions/projector.ts'
import { verifyUnits } from '../predictions/rebuild.ts'
import { Units } from '../predictions/units.ts'
import { openSession } from '../storage/postgres/open-database.ts'
import { openPostgresStore } from '../storage/postgres/postgres-store.ts'
import type { SharedStore } from '../storage/shared-store.ts'
import { DAY_MS, instance } from './an-observation.ts'
import { createInstance } from './engines.ts'
import type { PostgresCluster } from './postgres-cluster.ts'
import { withClient } from './postgres-database.ts'

/** A PostgreSQL database with `instance(0)` and its key, for servers that share it. */
export interface SharedDatabase extends AsyncDisposable {
  readonly url: string
  readonly apiKey: string
  readonly keyId: string
  readonly instanceId: string
  /** The process that keeps the projection; `undefined` while nobody does. */
  leaderPid(): Promise<number | undefined>
  /** The id of every event, one for each row. */
  storedEventIds(): Promise<readonly string[]>
  savedUnits(): Promise<readonly string[]>
  rebuiltUnits(): Promise<readonly string[]>
  /** How many events the saved units reach, and in how many units they differ from what the events give. */
  verified(): Promise<{ readonly events: number; readonly differences: number }>
}

export async function aSharedDatabase(url: string): Promise<SharedDatabase> {
  const store = await openPostgresStore(url)
  const { instanceNo } = await createInstance(store, 0)
  const { apiKey, sha256, prefix } = newApiKey()
  const keyId = randomUUID()
  await store.createKey({ keyId, instanceNo, sha256, prefix, label: null, createdAtMs: 0, expiresAtMs: null })
  const ask = async (sql: string) => {
    const session = await openSession(url, 10_000)
    const rows = await session.all(sql)
    await session.close()
    return rows
  }
  return {
    url,
    apiKey,
    keyId,
    instanceId: instance(0),
    async leaderPid() {
      const [leader] = await ask(LEADER)
      // A connection says the number of its process in its name.
      return leader && Number(/\d+$/.exec(String(leader['application_name']))?.[0])
    },
    storedEventIds: async () =>
      (await ask('SELECT event_id FROM events')).map((row) => String(row['event_id'])),
    savedUnits: async () => plain((await store.loadUnits()).units),
    rebuiltUnits: () => rebuiltUnits(store),
    async verified() {
      const { events, differences } = await verifyUnits(store, { windowMs: 90 * DAY_MS, nowMs: Date.now() })
      return { events, differences: differences.length }
    },
    [Symbol.asyncDispose]: () => store.close(),
  }
}

/** A database in a cluster of the test's own, which it may stop and kill. */
export async function createDatabase(cluster: PostgresCluster): Promise<string> {
  await withClient(cluster.urlOf('postgres'), (client) => client.query('CREATE DATABASE telemetry'))
  return cluster.urlOf('telemetry')
}

const LEADER = `
  SELECT application_name FROM pg_stat_activity JOIN pg_locks USING (pid)
   WHERE locktype = 'advisory' AND database = (SELECT oid FROM pg_database WHERE datname = current_database())`

async function rebuiltUnits({ observationsAfter }: SharedStore): Promise<readonly string[]> {
  const units = new Units({ windowMs: 90 * DAY_MS })
  await new Projector({ observationsAfter, loadUnits: noUnits, saveUnits: async () => {} }, units).start(
    Date.now(),
  )
  return plain(units.takeDirty())
}

async function noUnits() {
  return { units: [], position: 0 }
}

function plain(units: readonly { readonly samples: Uint8Array }[]): readonly string[] {
  return units.map((unit) => JSON.stringify({ ...unit, samples: [...unit.samples] }, KEYS)).sort()
}

const KEYS = ['taskType', 'model', 'provider', 'complexity', 'instanceId', 'day', 'samples']
