import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

import { describe, expect, it } from 'vitest'

import { databaseFile } from '../../packages/server/src/local-files.ts'
import { openSqliteStore } from '../../packages/server/src/storage/sqlite/sqlite-store.ts'
import { rowsOf } from '../../packages/server/src/testing/an-event.ts'
import { createInstance } from '../../packages/server/src/testing/engines.ts'
import { openRaw } from '../../packages/server/src/testing/look-into.ts'
import { aPostgresDatabase } from '../../packages/server/src/testing/postgres-database.ts'
import { aTempDir } from '../../packages/server/src/testing/temp-dir.ts'
import { runCli } from './run-cli.ts'

const DAY_MS = 86_400_000

describe.concurrent('prune', () => {
  it('says what it would delete, deletes it, and gives the room back where asked to', async () => {
    using directory = aTempDir()
    await aStore(directory.path, 3000)
    const args = ['prune', '--older-than', '180d', '--data-dir', directory.path]

    const dry = await runCli([...args, '--dry-run'])
    const done = await runCli([...args, '--runs-older-than', '30', '--compact', '--json'])
    const again = await runCli(args)

    expect(dry.stdout).toBe('would delete 3000 events, 0 runs, 0 OpenTelemetry records\n')
    const { before_bytes: before, after_bytes: after, ...counts } = JSON.parse(done.stdout)
    expect(counts).toEqual({ dry_run: false, events: 3000, runs: 0, otlp: 0 })
    expect(after).toBeLessThan(before * 0.6)
    expect(again.stdout).toBe('deleted 0 events, 0 runs, 0 OpenTelemetry records\n')
  })

  it('refuses what predictions are made of, unless it is forced', async () => {
    using directory = aTempDir()
    await aStore(directory.path, 3, 10)
    const args = ['prune', '--older-than', '5d', '--data-dir', directory.path]

    const refused = await runCli(args)
    const forced = await runCli([...args, '--force'])

    expect(refused).toMatchObject({ code: 2, stdout: '' })
    expect(refused.stderr).toBe(
      'error: --older-than 5d would delete events that predictions of 90 days are made of or checked against\n' +
        'Keep 97d or more, or add --force and make predictions anew with: mosaic-telemetry predictions rebuild\n',
    )
    expect(forced).toMatchObject({ code: 0, stdout: expect.stringMatching(/^deleted 3 events/) })
    expect(forced.stderr).toContain('predictions rebuild')
  })

  it.each([
    [[], 'prune needs to know what is old'],
    [['--older-than', 'yesterday'], '--older-than: "yesterday" is no number of days'],
    [['--older-than', '0d'], '--older-than: "0d" is no number of days'],
  ])('called with %j says what is missing', async (flags, message) => {
    using directory = aTempDir()
    await aStore(directory.path, 1)

    const { code, stderr } = await runCli(['prune', ...flags, '--data-dir', directory.path])

    expect(code).toBe(2)
    expect(stderr).toContain(`error: ${message}`)
  })
})

describe.concurrent('export', () => {
  it('writes events to standard output and words to standard error', async () => {
    using directory = aTempDir()
    await aStore(directory.path, 3)

    const { code, stdout, stderr } = await runCli(['export', '--data-dir', directory.path])

    expect({ code, stderr }).toEqual({ code: 0, stderr: 'Wrote 3 events.\n' })
    expect(
      stdout
        .trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line).actual_input_tokens),
    ).toEqual([0, 1, 2])
  })

  it('writes a Parquet file, and only a file', async () => {
    using directory = aTempDir()
    await aStore(directory.path, 3)
    const file = join(directory.path, 'events.parquet')
    const args = ['export', '--format', 'parquet', '--data-dir', directory.path]

    const onScreen = await runCli(args)
    const written = await runCli([...args, '--since', '2020-01-01', '--out', file])
    const runs = await runCli([
      'export',
      'runs',
      '--format',
      'parquet',
      '--out',
      file,
      '--data-dir',
      directory.path,
    ])

    expect(onScreen).toMatchObject({ code: 2, stdout: '' })
    expect(runs).toMatchObject({ code: 2 })
    expect(written).toMatchObject({ code: 0, stdout: '' })
    expect(readFileSync(file).subarray(0, 4).toString()).toBe('PAR1')
    expect(readFileSync(file).subarray(-4).toString()).toBe('PAR1')
  })
})

describe.concurrent('a PostgreSQL store', () => {
  it('is backed up and restored with its own tools, which the commands name without the password', async () => {
    const variables = { MOSAIC_TELEMETRY_DATABASE_URL: 'postgres://me:secret@127.0.0.1:1/telemetry' }

    const backup = await runCli(['backup', 'all.dump'], variables)
    const restore = await runCli(['restore', 'all.dump'], variables)

    expect([backup.code, restore.code]).toEqual([1, 1])
    expect(backup.stderr).toContain('pg_dump --format=custom --schema=mosaic_telemetry --file=all.dump')
    expect(restore.stderr).toContain('pg_restore --clean --if-exists')
    expect(backup.stderr + restore.stderr).not.toContain('secret')
  })

  it('is filled by migrate, and exports and prunes like the other', async () => {
    using directory = aTempDir()
    await aStore(directory.path, 3)
    const url = await aPostgresDatabase('empty')
    const there = ['--database-url', url]

    const moved = await runCli(['migrate', '--to', url, '--data-dir', directory.path, '--json'])
    const exported = await runCli(['export', '--format', 'csv', ...there])
    const pruned = await runCli(['prune', '--older-than', '180', ...there])

    expect(moved.code).toBe(0)
    expect(JSON.parse(moved.stdout)).toContainEqual({
      table: 'events',
      rows: 3,
      checksum: expect.stringMatching(/^[0-9a-f]{32}$/),
    })
    expect(exported.stdout.split('\r\n')).toHaveLength(5)
    expect(pruned.stdout).toBe('deleted 3 events, 0 runs, 0 OpenTelemetry records\n')
  })
})

describe('a store that cannot be used', () => {
  it('is named with the way out, and not changed, when a server starts on it', async () => {
    using directory = aTempDir()
    const file = await aStore(directory.path, 3)
    {
      using database = await openRaw(file)
      database.exec('PRAGMA user_version = 9999')
    }
    const newer = await runCli(['serve', '--port', '0', '--data-dir', directory.path])
    const bytes = readFileSync(file)
    bytes.fill(0xa5, 100, 4000)
    writeFileSync(file, bytes)

    const damaged = await runCli(['serve', '--port', '0', '--data-dir', directory.path])

    expect(newer).toMatchObject({ code: 1, stdout: '' })
    expect(newer.stderr).toMatch(
      /the database is at migration 9999, this server knows \d+\nStart the newer server/,
    )
    expect(damaged).toMatchObject({ code: 1, stdout: '' })
    expect(damaged.stderr).toContain(`error: ${file} is damaged and was not changed`)
    expect(damaged.stderr).toMatch(/mosaic-telemetry restore FILE.*\.recover.*--data-dir/)
    expect(readFileSync(file).equals(bytes)).toBe(true)
  })
})

/** A store with events that were received so many days ago. */
async function aStore(dataDir: string, events: number, daysAgo = 200): Promise<string> {
  const file = databaseFile(dataDir)
  const store = await openSqliteStore(file)
  const numbers = Array.from({ length: events }, (_, number) => number)
  const sender = await createInstance(store, 0)
  await store.appendEvents([rowsOf(sender, numbers, {}, Date.now() - daysAgo * DAY_MS)])
  await store.close()
  return file
}
