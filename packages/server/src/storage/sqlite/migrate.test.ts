import { readFileSync } from 'node:fs'
import { join } from 'node:path'

import { expect, it } from 'vitest'

import { runChild } from '../../testing/child-process.ts'
import { openRaw } from '../../testing/look-into.ts'
import { aTempDir } from '../../testing/temp-dir.ts'
import { readMigrations } from '../migrations.ts'
import { openSqliteStore } from './sqlite-store.ts'

it('brings a fresh file to the newest migration and says whose it is', async () => {
  using directory = aTempDir()
  const file = join(directory.path, 'telemetry.db')

  await (await openSqliteStore(file)).close()

  using database = await openRaw(file)
  expect(database.prepare('PRAGMA user_version').get()).toEqual({
    user_version: readMigrations('sqlite').length,
  })
  expect(database.prepare('PRAGMA application_id').get()).toEqual({ application_id: 0x4d6f5465 })
})

it('changes nothing in a file that is at the newest migration', async () => {
  using directory = aTempDir()
  const file = join(directory.path, 'telemetry.db')
  await (await openSqliteStore(file)).close()
  const before = readFileSync(file)

  await (await openSqliteStore(file)).close()

  expect(readFileSync(file).equals(before)).toBe(true)
})

it('migrates an older file and keeps what is in it', async () => {
  using directory = aTempDir()
  const file = join(directory.path, 'telemetry.db')
  await createAtMigration(file, 1)

  const store = await openSqliteStore(file)

  const [old] = await store.listInstances()
  const runs = await store.countRuns(0)
  await store.close()
  expect(old).toMatchObject({ name: 'from before' })
  expect(runs.total).toBe(0)
})

it('lets ten processes open one new file at once', async () => {
  using directory = aTempDir()
  const file = join(directory.path, 'telemetry.db')
  const children = Array.from({ length: 10 }, () =>
    runChild(
      file,
      `process.stdout.write('ready')
       process.stdin.once('data', async () => {
         const store = await server.openSqliteStore(given)
         await store.createInstance({ instanceId: String(process.pid), name: null, createdAtMs: 1 })
         await store.close()
         process.exit()
       })`,
    ),
  )
  await Promise.all(children.map((child) => child.said('ready')))

  for (const child of children) child.process.stdin?.write('go')

  const endings = await Promise.all(children.map((child) => child.ended))
  expect(endings.map(({ code, stderr }) => [code, stderr])).toEqual(endings.map(() => [0, '']))
  const store = await openSqliteStore(file)
  const instances = await store.listInstances()
  await store.close()
  expect(instances.map(({ instanceId }) => Number(instanceId)).sort()).toEqual(
    children.map((child) => child.process.pid).sort(),
  )
})

it('refuses a database from a newer server and leaves it as it is', async () => {
  using directory = aTempDir()
  const file = join(directory.path, 'telemetry.db')
  await (await openSqliteStore(file)).close()
  const future = readMigrations('sqlite').length + 1
  {
    using database = await openRaw(file)
    database.exec(`PRAGMA user_version = ${future}`)
  }
  const before = readFileSync(file)

  const opening = openSqliteStore(file)

  await expect(opening).rejects.toMatchObject({
    code: 'SCHEMA_TOO_NEW',
    message: `the database is at migration ${future}, this server knows ${future - 1}`,
    hint: expect.stringContaining('newer server'),
  })
  expect(readFileSync(file).equals(before)).toBe(true)
})

it("refuses another application's database and leaves it as it is", async () => {
  using directory = aTempDir()
  const file = join(directory.path, 'telemetry.db')
  {
    using database = await openRaw(file)
    database.exec('CREATE TABLE recipes (name TEXT)')
  }
  const before = readFileSync(file)

  const opening = openSqliteStore(file)

  await expect(opening).rejects.toMatchObject({ code: 'STORE_NOT_OURS' })
  expect(readFileSync(file).equals(before)).toBe(true)
})

async function createAtMigration(file: string, number: number): Promise<void> {
  using database = await openRaw(file)
  for (const migration of readMigrations('sqlite').slice(0, number)) database.exec(migration.sql)
  database.exec(`
    PRAGMA user_version = ${number};
    PRAGMA application_id = ${0x4d6f5465};
    INSERT INTO instances (instance_id, name, created_at_ms) VALUES ('x', 'from before', 1)`)
}
