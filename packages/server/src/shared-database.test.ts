import { expect, it, vi } from 'vitest'

import { ADMIN_TOKEN, startServerOnPostgres } from './testing/a-server-on-postgres.ts'
import { aSharedDatabase, createDatabase, type SharedDatabase } from './testing/a-shared-database.ts'
import { anEvent } from './testing/an-event.ts'
import { instance } from './testing/an-observation.ts'
import type { RunningChild } from './testing/child-process.ts'
import { startPostgresCluster } from './testing/postgres-cluster.ts'
import { aPostgresDatabase } from './testing/postgres-database.ts'

/** Processes of their own start slowly where many tests run at once. */
vi.setConfig({ testTimeout: 60_000 })

const QUERY =
  '/v1/predictions?task_type=implementation&model=claude-sonnet-4-5&provider=anthropic&complexity=medium'

it('predicts on when the leading server is killed: another one has taken over within ten seconds, and counts each event once', async () => {
  await using database = await aSharedDatabase(await aPostgresDatabase())
  await using servers = await someServers(database, 2)
  const [first, second] = servers.all as [Server, Server]
  const sent = await Promise.all([first.report(40), second.report(40)])
  await expect.poll(() => servers.sampleSizes(), { timeout: 15_000 }).toEqual([80, 80])
  const leader = await servers.leader()
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
  await using database = await aSharedDatabase(await aPostgresDatabase())
  await using servers = await someServers(database, 2)
  await servers.all[0]?.report(20)
  await expect.poll(() => servers.sampleSizes(), { timeout: 15_000 }).toEqual([20, 20])
  const leader = await servers.leader()
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
  expect(await servers.leader()).toBe(survivor)
  await expect.poll(() => database.savedUnits(), { timeout: 10_000 }).toEqual(await database.rebuiltUnits())
})

it('gives the same forecast on every server, learned on one', async () => {
  await using database = await aSharedDatabase(await aPostgresDatabase())
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
  await using database = await aSharedDatabase(await aPostgresDatabase())
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
  await using database = await aSharedDatabase(await createDatabase(cluster))
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

/** Servers in processes of their own, on one database. */
async function someServers(database: SharedDatabase, count: number) {
  const all: Server[] = []
  for (let number = 0; number < count; number++) all.push(await startServer(database))
  return {
    all,
    async leader() {
      const pid = await database.leaderPid()
      return all.find(({ child }) => child.process.pid === pid)!
    },
    sampleSizes: () => Promise.all(all.map((server) => server.sampleSize())),
    async [Symbol.asyncDispose]() {
      for (const server of all) server.kill()
      await Promise.all(all.map(({ child }) => child.ended))
    },
  }
}

async function startServer(database: SharedDatabase): Promise<Server> {
  const { url, child } = await startServerOnPostgres(database)
  const { apiKey, keyId } = database

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
