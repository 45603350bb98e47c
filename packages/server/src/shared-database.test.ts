import { randomUUID } from 'node:crypto'

import { expect, it, vi } from 'vitest'

import { newApiKey } from './auth/secrets.ts'
import { Projector } from './predictions/projector.ts'
import { Units } from './predictions/units.ts'
import { openPostgresStore } from './storage/postgres/postgres-store.ts'
import type { SharedStore } from './storage/shared-store.ts'
import { anEvent } from './testing/an-event.ts'
import { DAY_MS, instance } from './testing/an-observation.ts'
import { type RunningChild, runChild } from './testing/child-process.ts'
import { createInstance } from './testing/engines.ts'
import { type PostgresCluster, startPostgresCluster } from './testing/postgres-cluster.ts'
import { aPostgresDatabase, withClient } from './testing/postgres-database.ts'

/** Processes of their own start slowly where many tests run at once. */
vi.setConfig({ testTimeout: 60_000 })

const ADMIN_TOKEN = 'admin-token-of-the-tests'
const QUERY =
  '/v1/predictions?task_type=implementation&model=claude-sonnet-4-5&provider=anthropic&complexity=medium'

it('predicts on when the leading server is killed: another one has taken over within ten seconds, and counts each event once', async () => {
  await using database = await aDatabaseWithKey(await aPostgresDatabase())
  await using servers = await someServers(database, 2)
  const [first, second] = servers.all as [Server, Server]
  const sent = await Promise.all([first.report(40), second.report(40)])
  await expect.poll(() => servers.sampleSizes(), { timeout: 15_000 }).toEqual([80, 80])
  const leader = await database.leaderIsOneOf(servers.all)
  const survivor = leader === first ? second : first
  sent.push(await leader.report(10))

  leader.kill()
  const killedAtMs = Date.now()
  sent.push(await survivor.report(10))
  await expect.poll(() => survivor.sampleSize(), { timeout: 15_000, interval: 50 }).toBe(100)
  const tookMs = Date.now() - killedAtMs

  expect(tookMs).toBeLessThan(10_000)
  expect(sent.flat()).toEqual(Array.from({ length: 100 }, () => 'accepted'))
  await expect.poll(() => database.savedUnits(), { timeout: 10_000 }).toEqual(await database.rebuiltUnits())
})

it('takes over within ten seconds from a leader that hangs, which saves nothing when it wakes up', async () => {
  await using database = await aDatabaseWithKey(await aPostgresDatabase())
  await using servers = await someServers(database, 2)
  await servers.all[0]?.report(20)
  await expect.poll(() => servers.sampleSizes(), { timeout: 15_000 }).toEqual([20, 20])
  const leader = await database.leaderIsOneOf(servers.all)
  const survivor = servers.all.find((server) => server !== leader)!

  leader.child.process.kill('SIGSTOP')
  const hungAtMs = Date.now()
  await survivor.report(10)
  await expect.poll(() => survivor.sampleSize(), { timeout: 15_000, interval: 50 }).toBe(30)
  const tookMs = Date.now() - hungAtMs
  leader.child.process.kill('SIGCONT')

  expect(tookMs).toBeLessThan(10_000)
  await survivor.report(10)
  await expect.poll(() => servers.sampleSizes(), { timeout: 15_000 }).toEqual([40, 40])
  expect(await database.leaderIsOneOf(servers.all)).toBe(survivor)
  await expect.poll(() => database.savedUnits(), { timeout: 10_000 }).toEqual(await database.rebuiltUnits())
})

it('gives the same forecast on every server, learned on one', async () => {
  await using database = await aDatabaseWithKey(await aPostgresDatabase())
  await using servers = await someServers(database, 2)
  const [first, second] = servers.all as [Server, Server]
  for (let batch = 0; batch < 3; batch++) await first.report(100)

  await expect.poll(() => second.forecast(), { timeout: 15_000 }).toBeDefined()

  await expect
    .poll(async () => JSON.stringify(await first.forecast()) === JSON.stringify(await second.forecast()), {
      timeout: 15_000,
    })
    .toBe(true)
})

it('refuses a key on every server within five seconds after it was revoked on one', async () => {
  await using database = await aDatabaseWithKey(await aPostgresDatabase())
  await using servers = await someServers(database, 2)
  const [first, second] = servers.all as [Server, Server]
  const before = await second.status('POST', '/v1/events', anEvent())

  await first.revokeKey()
  const atOnce = await first.status('POST', '/v1/events', anEvent())

  expect([before, atOnce]).toEqual([202, 401])
  await expect
    .poll(() => second.status('POST', '/v1/events', anEvent()), { timeout: 5_000, interval: 50 })
    .toBe(401)
})

it('answers 503 while the database is away, and goes on by itself with everything that it acknowledged', async () => {
  await using cluster = await startPostgresCluster()
  await using database = await aDatabaseWithKey(await createDatabase(cluster))
  await using servers = await someServers(database, 1)
  const [server] = servers.all as [Server]
  const before = await server.report(20)

  await cluster.stop()
  const meanwhile = await server.answer('POST', '/v1/events', anEvent())
  const reading = await server.answer('GET', '/api/v1/runs')
  const health = await server.status('GET', '/health')
  await cluster.start()

  await expect.poll(() => server.status('POST', '/v1/events', anEvent()), { timeout: 10_000 }).toBe(202)
  for (const { status, retryAfter } of [meanwhile, reading]) {
    expect(status).toBe(503)
    expect(Number(retryAfter)).toBeGreaterThan(0)
  }
  expect(health).toBe(503)
  await expect.poll(() => server.sampleSize(), { timeout: 10_000 }).toBe(before.length + 1)
  await expect.poll(() => database.savedUnits(), { timeout: 10_000 }).toEqual(await database.rebuiltUnits())
})

interface Server {
  /** Reports as many tasks, and tells what became of each. */
  report(count: number): Promise<readonly string[]>
  sampleSize(): Promise<number>
  forecast(): Promise<unknown>
  status(method: string, path: string, body?: object): Promise<number>
  answer(
    method: string,
    path: string,
    body?: object,
  ): Promise<{ readonly status: number; readonly retryAfter: string | null }>
  revokeKey(): Promise<void>
  readonly child: RunningChild
  kill(): void
}

interface TestDatabase extends AsyncDisposable {
  readonly url: string
  readonly apiKey: string
  readonly keyId: string
  leaderIsOneOf(servers: readonly Server[]): Promise<Server>
  savedUnits(): Promise<readonly string[]>
  rebuiltUnits(): Promise<readonly string[]>
}

async function createDatabase(cluster: PostgresCluster): Promise<string> {
  await withClient(cluster.urlOf('postgres'), (client) => client.query('CREATE DATABASE telemetry'))
  return cluster.urlOf('telemetry')
}

async function aDatabaseWithKey(url: string): Promise<TestDatabase> {
  const store = await openPostgresStore(url)
  const { instanceNo } = await createInstance(store, 0)
  const { apiKey, sha256, prefix } = newApiKey()
  const keyId = randomUUID()
  await store.createKey({ keyId, instanceNo, sha256, prefix, label: null, createdAtMs: 0, expiresAtMs: null })
  return {
    url,
    apiKey,
    keyId,
    savedUnits: async () => plain((await store.loadUnits()).units),
    rebuiltUnits: () => rebuiltUnits(store),
    async leaderIsOneOf(servers) {
      const name = await withClient(url, async (client) => {
        const { rows } = await client.query(LEADER)
        return String(rows[0].application_name)
      })
      return servers.find(({ child }) => name.endsWith(String(child.process.pid)))!
    },
    [Symbol.asyncDispose]: () => store.close(),
  }
}

/** The process that holds the lock says its number in the name of its connections. */
const LEADER = `
  SELECT application_name FROM pg_stat_activity JOIN pg_locks USING (pid)
   WHERE locktype = 'advisory' AND database = (SELECT oid FROM pg_database WHERE datname = current_database())`

/** Servers in processes of their own, on one database. */
async function someServers(database: TestDatabase, count: number) {
  const all: Server[] = []
  for (let number = 0; number < count; number++) all.push(await startServer(database))
  return {
    all,
    sampleSizes: () => Promise.all(all.map((server) => server.sampleSize())),
    async [Symbol.asyncDispose]() {
      for (const server of all) server.kill()
      await Promise.all(all.map(({ child }) => child.ended))
    },
  }
}

async function startServer({ url: databaseUrl, apiKey, keyId }: TestDatabase): Promise<Server> {
  const child = runChild(
    { databaseUrl, port: 0, logLevel: 'silent', adminToken: ADMIN_TOKEN },
    `const { url } = await server.startServer(server.resolveConfig(given, {}))
     process.stdout.write('listening at ' + url + '!')`,
  )
  let said = ''
  child.process.stdout?.on('data', (chunk) => (said += String(chunk)))
  await child.said('!')
  const url = /at (.*)!/.exec(said)?.[1] ?? ''

  const ask = (method: string, path: string, body?: object, key = apiKey) =>
    fetch(`${url}${path}`, {
      method,
      headers: {
        authorization: `Bearer ${key}`,
        ...(body !== undefined && { 'content-type': 'application/json' }),
      },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    })
  return {
    child,
    async report(events) {
      const response = await ask('POST', '/v1/events/batch', {
        events: Array.from({ length: events }, () => anEvent({ instance_id: instance(0) })),
      })
      const { results } = (await response.json()) as { results: { status: string }[] }
      return results.map(({ status }) => status)
    },
    async sampleSize() {
      const response = await ask('GET', QUERY)
      const { metadata } = (await response.json()) as { metadata: { sample_size: number } }
      return metadata.sample_size
    },
    async forecast() {
      const response = await ask('GET', QUERY)
      return ((await response.json()) as { forecast?: unknown }).forecast
    },
    status: async (method, path, body) => (await ask(method, path, body)).status,
    async answer(method, path, body) {
      const { status, headers } = await ask(method, path, body)
      return { status, retryAfter: headers.get('retry-after') }
    },
    async revokeKey() {
      const { status } = await ask('DELETE', `/v1/admin/keys/${keyId}`, undefined, ADMIN_TOKEN)
      expect(status).toBe(200)
    },
    kill: () => void child.process.kill('SIGKILL'),
  }
}

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
