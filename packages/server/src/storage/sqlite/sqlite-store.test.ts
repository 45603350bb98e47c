import { closeSync, mkdirSync, openSync, statSync, truncateSync, writeFileSync, writeSync } from 'node:fs'
import { join } from 'node:path'

import { expect, it } from 'vitest'

import { rowsOf } from '../../testing/an-event.ts'
import { runChild } from '../../testing/child-process.ts'
import { createInstance } from '../../testing/engines.ts'
import { openRaw } from '../../testing/look-into.ts'
import { aTempDir } from '../../testing/temp-dir.ts'
import { openSqliteStore } from './sqlite-store.ts'

const DAMAGED = { code: 'STORE_DAMAGED', hint: expect.stringContaining('backup') }

it('waits for the disk on every commit, beside a write-ahead log', async () => {
  using directory = aTempDir()
  const file = join(directory.path, 'telemetry.db')
  const store = await openSqliteStore(file)

  const status = await store.status()

  await store.close()
  expect(status).toMatchObject({ path: file, journalMode: 'wal', synchronous: 'FULL' })
})

it('makes a file and a directory that only their owner can read', async () => {
  using directory = aTempDir()
  const file = join(directory.path, 'made', 'telemetry.db')

  await (await openSqliteStore(file)).close()

  expect(statSync(file).mode & 0o777).toBe(0o600)
  expect(statSync(join(directory.path, 'made')).mode & 0o777).toBe(0o700)
})

it('calls a file damaged that is no database', async () => {
  using directory = aTempDir()
  const file = join(directory.path, 'telemetry.db')
  writeFileSync(file, 'These are not the bytes of a database.'.repeat(200))

  await expect(openSqliteStore(file)).rejects.toMatchObject(DAMAGED)
})

it('calls a file damaged of which the end is missing', async () => {
  using directory = aTempDir()
  const file = await aFilledFile(directory.path)
  truncateSync(file, Math.floor(statSync(file).size / 2))

  await expect(openSqliteStore(file)).rejects.toMatchObject(DAMAGED)
})

it('calls a file damaged whose list of tables is overwritten', async () => {
  using directory = aTempDir()
  const file = await aFilledFile(directory.path)
  overwrite(file, 100, 3000)

  await expect(openSqliteStore(file)).rejects.toMatchObject(DAMAGED)
})

it.each(['events', 'prediction_units', 'projections'])(
  'calls a file damaged of which the table %s cannot be read, and lets its process end',
  async (table) => {
    using directory = aTempDir()
    const file = await aFilledFile(directory.path)
    await damageTable(file, table)

    const ending = await runChild(
      directory.path,
      `const config = server.resolveConfig({ dataDir: given, port: 0, logLevel: 'silent' }, {})
       await server.startServer(config).catch((error) => process.stdout.write(error.code + ': ' + error.hint))`,
    ).ended

    expect(ending.stdout).toMatch(/^STORE_DAMAGED: .*backup/)
    expect(ending.code).toBe(0)
  },
)

it('says that a directory cannot be used where a file stands in its place', async () => {
  using directory = aTempDir()
  writeFileSync(join(directory.path, 'data'), '')

  const opening = openSqliteStore(join(directory.path, 'data', 'telemetry.db'))

  await expect(opening).rejects.toMatchObject({ code: 'STORE_UNREACHABLE', hint: expect.any(String) })
})

it('says that a database cannot be opened that is a directory', async () => {
  using directory = aTempDir()
  mkdirSync(join(directory.path, 'telemetry.db'))

  const opening = openSqliteStore(join(directory.path, 'telemetry.db'))

  await expect(opening).rejects.toMatchObject({ code: 'STORE_UNREACHABLE', hint: expect.any(String) })
})

it('leaves one file behind when it is closed', async () => {
  using directory = aTempDir()
  const file = await aFilledFile(directory.path)

  const sizes = [file, `${file}-wal`].map((part) => statSync(part, { throwIfNoEntry: false })?.size)

  expect(sizes).toEqual([expect.any(Number), undefined])
})

/** A database with enough events that it has many pages. */
async function aFilledFile(directory: string): Promise<string> {
  const file = join(directory, 'telemetry.db')
  const store = await openSqliteStore(file)
  const sender = await createInstance(store, 0)
  await store.appendEvents([
    rowsOf(
      sender,
      Array.from({ length: 2000 }, (_, number) => number),
    ),
  ])
  await store.close()
  return file
}

async function damageTable(file: string, table: string): Promise<void> {
  using database = await openRaw(file)
  const root = database.prepare('SELECT rootpage FROM sqlite_schema WHERE name = ?').get(table)
  const { page_size: pageBytes } = database.prepare('PRAGMA page_size').get() as { page_size: number }
  overwrite(file, (Number(root?.['rootpage']) - 1) * pageBytes, pageBytes)
}

function overwrite(file: string, offset: number, bytes: number): void {
  const handle = openSync(file, 'r+')
  writeSync(handle, Buffer.alloc(bytes, 0xa5), 0, bytes, offset)
  closeSync(handle)
}
