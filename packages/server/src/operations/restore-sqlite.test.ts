import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

import { expect, it } from 'vitest'

import { databaseFile } from '../local-files.ts'
import { readMigrations } from '../storage/migrations.ts'
import { lockForServer } from '../storage/sqlite/single-server-lock.ts'
import { openSqliteStore } from '../storage/sqlite/sqlite-store.ts'
import { rowsOf } from '../testing/an-event.ts'
import { NOW_MS } from '../testing/an-observation.ts'
import { createInstance } from '../testing/engines.ts'
import { openRaw } from '../testing/look-into.ts'
import { aTempDir } from '../testing/temp-dir.ts'
import { backUpSqlite } from './back-up-sqlite.ts'
import { restoreSqlite } from './restore-sqlite.ts'

it('puts a backup in the place of the database and keeps the old one, whole, under another name', async () => {
  using directory = aTempDir()
  const { file, backup } = await aBackedUpStore(directory.path)
  await appendTo(file, [3])

  const restored = await restoreSqlite(backup, file, NOW_MS)

  expect(restored).toEqual({
    events: 2,
    runs: 0,
    newestEventAtMs: NOW_MS,
    keptAs: `${file}.before-restore-2026-11-21T120000000Z`,
  })
  expect(await eventsIn(file)).toBe(2)
  expect(await eventsIn(restored.keptAs!)).toBe(3)
  expect(statSync(file).mode & 0o777).toBe(0o600)
  expect(readdirSync(directory.path).filter((name) => name.includes('restoring'))).toEqual([])
})

it('puts a backup where there was nothing', async () => {
  using directory = aTempDir()
  const { backup } = await aBackedUpStore(directory.path)
  const file = databaseFile(join(directory.path, 'elsewhere'))

  const { keptAs } = await restoreSqlite(backup, file, NOW_MS)

  expect(keptAs).toBeUndefined()
  expect(await eventsIn(file)).toBe(2)
})

it('puts a backup in the place of a damaged database, and keeps its bytes and its log', async () => {
  using directory = aTempDir()
  const { file, backup } = await aBackedUpStore(directory.path)
  writeFileSync(file, 'These are not the bytes of a database.'.repeat(200))
  writeFileSync(`${file}-wal`, 'nor is this a log')

  const { keptAs } = await restoreSqlite(backup, file, NOW_MS)

  expect(await eventsIn(file)).toBe(2)
  expect(readFileSync(keptAs!, 'utf8')).toContain('These are not the bytes')
  expect(readFileSync(`${keptAs}-wal`, 'utf8')).toBe('nor is this a log')
})

it('is kept off by a running server', async () => {
  using directory = aTempDir()
  const { file, backup } = await aBackedUpStore(directory.path)
  const unlock = await lockForServer(file)

  const restoring = restoreSqlite(backup, file, NOW_MS)

  await expect(restoring).rejects.toMatchObject({ code: 'STORE_IN_USE' })
  unlock()
})

it.each([
  ['missing', () => {}, 'BACKUP_UNFIT'],
  ['no database', (file: string) => writeFileSync(file, 'nothing of the kind'.repeat(100)), 'BACKUP_UNFIT'],
  [
    'cut off',
    (file: string, whole: Buffer) => writeFileSync(file, whole.subarray(0, whole.length / 2)),
    'BACKUP_UNFIT',
  ],
  ['damaged inside', damageInside, 'BACKUP_UNFIT'],
  ["another application's", makeForeign, 'STORE_NOT_OURS'],
  ['of a newer server', makeNewer, 'SCHEMA_TOO_NEW'],
] as const)('changes nothing where the backup is %s', async (_, spoil, code) => {
  using directory = aTempDir()
  const { file, backup } = await aBackedUpStore(directory.path, 500)
  const spoilt = join(directory.path, 'spoilt.db')
  const before = readFileSync(file)
  await spoil(spoilt, readFileSync(backup))

  const restoring = restoreSqlite(spoilt, file, NOW_MS)

  await expect(restoring).rejects.toMatchObject({ code, hint: expect.any(String) })
  expect(readFileSync(file).equals(before)).toBe(true)
  expect(readdirSync(directory.path).filter((name) => /restor/.test(name))).toEqual([])
})

it('does not overwrite a backup, and leaves nothing half written', async () => {
  using directory = aTempDir()
  const { file, backup } = await aBackedUpStore(directory.path)
  const before = readFileSync(backup)
  const unreachable = join(directory.path, 'no such directory', 'backup.db')

  await expect(backUpSqlite(file, backup)).rejects.toMatchObject({ code: 'BACKUP_FAILED' })
  await expect(backUpSqlite(file, unreachable)).rejects.toMatchObject({ code: 'BACKUP_FAILED' })

  expect(readFileSync(backup).equals(before)).toBe(true)
  expect(existsSync(`${backup}.partial`)).toBe(false)
})

/** A store with events, and a backup of it. */
async function aBackedUpStore(directory: string, events = 2) {
  const file = databaseFile(directory)
  const store = await openSqliteStore(file)
  const numbers = Array.from({ length: events }, (_, number) => number)
  await store.appendEvents([rowsOf(await createInstance(store, 0), numbers)])
  await store.close()
  const backup = join(directory, 'backup.db')
  await backUpSqlite(file, backup)
  return { file, backup }
}

async function appendTo(file: string, numbers: readonly number[]): Promise<void> {
  const store = await openSqliteStore(file)
  const [sender] = await store.listInstances()
  await store.appendEvents([rowsOf(sender!, numbers)])
  await store.close()
}

async function eventsIn(file: string): Promise<number> {
  using database = await openRaw(file)
  return Number(database.prepare('SELECT count(*) AS n FROM events').get()?.['n'])
}

function damageInside(file: string, whole: Buffer): void {
  const bytes = Buffer.from(whole)
  bytes.fill(0xa5, bytes.length - 9000, bytes.length - 5000)
  writeFileSync(file, bytes)
}

async function makeForeign(file: string): Promise<void> {
  using database = await openRaw(file)
  database.exec('CREATE TABLE recipes (name TEXT)')
}

async function makeNewer(file: string, whole: Buffer): Promise<void> {
  writeFileSync(file, whole)
  using database = await openRaw(file)
  database.exec(`PRAGMA user_version = ${readMigrations('sqlite').length + 1}`)
}
