import { expect, it } from 'vitest'

import { createInstance } from '../../testing/engines.ts'
import { aPostgresDatabase, withClient } from '../../testing/postgres-database.ts'
import { readMigrations } from '../migrations.ts'
import { refuseUnfitServer } from './migrate.ts'
import { openPostgresStore } from './postgres-store.ts'

const NEWEST = readMigrations('postgres').length

it('brings an empty database to the newest migration', async () => {
  const url = await aPostgresDatabase('empty')

  await (await openPostgresStore(url)).close()

  expect(await migrationsOf(url)).toEqual(readMigrations('postgres').map(({ number }) => number))
})

it('lets ten processes open one empty database at once', async () => {
  const url = await aPostgresDatabase('empty')

  const stores = await Promise.all(Array.from({ length: 10 }, () => openPostgresStore(url)))

  await Promise.all(stores.map((store, number) => createInstance(store, number)))
  const [one] = stores
  expect(await one?.listInstances()).toHaveLength(10)
  expect(await migrationsOf(url)).toHaveLength(NEWEST)
  await Promise.all(stores.map((store) => store.close()))
})

it('migrates an older database and keeps what is in it', async () => {
  const url = await aPostgresDatabase('empty')
  await withClient(url, async (client) => {
    const [first] = readMigrations('postgres')
    await client.query(`CREATE SCHEMA mosaic_telemetry; SET search_path TO mosaic_telemetry;
      CREATE TABLE migrations (number integer PRIMARY KEY, name text NOT NULL, applied_at timestamptz DEFAULT now());
      ${first?.sql}; INSERT INTO migrations VALUES (1, 'events');
      INSERT INTO instances (instance_id, name, created_at_ms) VALUES ('a', 'from before', 1)`)
  })

  const store = await openPostgresStore(url)

  const [old] = await store.listInstances()
  const runs = await store.countRuns(0)
  await store.close()
  expect(old).toMatchObject({ name: 'from before' })
  expect(runs.total).toBe(0)
})

it('only reads a database that is at the newest migration, so that a user without rights of its own may run servers', async () => {
  const url = await aPostgresDatabase()
  const user = new URL(url).pathname.slice(1)
  await withClient(url, (client) =>
    client.query(`
      CREATE USER ${user} PASSWORD 'word'; GRANT USAGE ON SCHEMA mosaic_telemetry TO ${user};
      GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA mosaic_telemetry TO ${user};
      GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA mosaic_telemetry TO ${user}`),
  )
  const asUser = new URL(url)
  asUser.username = user
  asUser.password = 'word'

  const store = await openPostgresStore(asUser.href)

  expect(await createInstance(store, 0)).toMatchObject({ name: 'instance 0' })
  await store.close()
})

it('refuses a database from a newer server and leaves it as it is', async () => {
  const url = await aPostgresDatabase()
  await withClient(url, (client) =>
    client.query(`INSERT INTO mosaic_telemetry.migrations VALUES (${NEWEST + 1}, 'of tomorrow')`),
  )

  await expect(openPostgresStore(url)).rejects.toMatchObject({
    code: 'SCHEMA_TOO_NEW',
    message: `the database is at migration ${NEWEST + 1}, this server knows ${NEWEST}`,
    hint: expect.stringContaining('newer server'),
  })
  expect(await migrationsOf(url)).toHaveLength(NEWEST + 1)
})

it('refuses a schema of our name that is somebody else’s', async () => {
  const url = await aPostgresDatabase('empty')
  await withClient(url, (client) =>
    client.query('CREATE SCHEMA mosaic_telemetry; CREATE TABLE mosaic_telemetry.events (id integer)'),
  )

  await expect(openPostgresStore(url)).rejects.toMatchObject({ code: 'STORE_NOT_OURS' })
})

const fit = { version: '17.0', major: 17, encoding: 'UTF8', isReplica: false }

it.each([
  [{ version: '14.11', major: 14 }, 'this is PostgreSQL 14.11; 15 or newer is needed'],
  [{ encoding: 'SQL_ASCII' }, 'the database keeps text as SQL_ASCII; UTF8 is needed'],
  [{ isReplica: true }, 'this PostgreSQL is a replica, which takes no writes'],
])('refuses a server with %o', (unfit, message) => {
  expect(() => refuseUnfitServer({ ...fit, ...unfit })).toThrow(
    expect.objectContaining({ code: 'STORE_UNFIT', message, hint: expect.any(String) }),
  )
})

it('says where it looked and what to check when a database is out of reach, without the password', async () => {
  const reachable = new URL(await aPostgresDatabase('empty'))
  const changed = (change: (url: URL) => void) => {
    const url = new URL(reachable)
    change(url)
    return openPostgresStore(url.href)
  }
  const { port } = reachable

  await expect(changed((url) => (url.port = '1'))).rejects.toMatchObject({
    code: 'STORE_UNREACHABLE',
    message: expect.stringMatching(
      /^cannot use database "test_\w+" at 127\.0\.0\.1:1 as user "postgres": .*ECONNREFUSED/,
    ),
    hint: expect.stringContaining('port 1'),
  })
  await expect(changed((url) => (url.password = 'wrong-word'))).rejects.toMatchObject({
    message: expect.not.stringContaining('wrong-word'),
    hint: expect.stringContaining('PGPASSWORD'),
  })
  await expect(changed((url) => (url.pathname = '/nothing'))).rejects.toMatchObject({
    message: `cannot use database "nothing" at 127.0.0.1:${port} as user "postgres": database "nothing" does not exist`,
    hint: 'Create it first: createdb --owner postgres nothing',
  })
})

async function migrationsOf(url: string): Promise<readonly number[]> {
  return withClient(url, async (client) => {
    const { rows } = await client.query<{ number: number }>(
      'SELECT number FROM mosaic_telemetry.migrations ORDER BY number',
    )
    return rows.map(({ number }) => number)
  })
}
