import {
  closeSync,
  copyFileSync,
  existsSync,
  linkSync,
  openSync,
  readSync,
  renameSync,
  rmSync,
} from 'node:fs'
import { dirname } from 'node:path'

import { makeDirectory } from '@mosaicstack/telemetry-client/make-directory'
import { ServerError } from '../server-error.ts'
import { refuseDamagedLog } from '../storage/sqlite/damaged-log.ts'
import type { SqliteDriver } from '../storage/sqlite/driver.ts'
import { refuseForeign, refuseNewer } from '../storage/sqlite/migrate.ts'
import { openDriver } from '../storage/sqlite/open-driver.ts'
import { lockForServer } from '../storage/sqlite/single-server-lock.ts'
import { syncToDisk } from './sync-to-disk.ts'

/** What was put in place, and where what was there is kept. */
export interface Restored {
  readonly events: number
  readonly runs: number
  readonly newestEventAtMs: number | undefined
  /** `undefined` where there was no database. */
  readonly keptAs: string | undefined
}

/**
 * Puts a backup in the place of a database file.
 *
 * Always true
 * - A server that runs keeps this off by its lock, and is kept off meanwhile.
 * - What is put in place was read from end to end first, as the copy that it will be.
 * - Whenever this is ended, the database's name belongs to the old file or to the new one, whole either way, and the old
 *   one is kept under another name.
 *
 * @throws ServerError where a server runs, or the backup is damaged, of a newer server or none of ours.
 */
export async function restoreSqlite(backup: string, databaseFile: string, nowMs: number): Promise<Restored> {
  if (!existsSync(backup)) throw unfit(`there is no file ${backup}`)
  makeDirectory(dirname(databaseFile))
  const unlock = await lockForServer(databaseFile)
  const arriving = `${databaseFile}.restoring`
  try {
    removeLog(arriving) // of a restore that was ended half way; the copy itself is overwritten
    copyFileSync(backup, arriving)
    const contents = await inspect(arriving, backup)
    syncToDisk(arriving, 'file')
    const keptAs = await setAside(databaseFile, nowMs)
    renameSync(arriving, databaseFile)
    syncToDisk(dirname(databaseFile), 'directory')
    return { ...contents, keptAs }
  } finally {
    rmSync(arriving, { force: true })
    removeLog(arriving)
    unlock()
  }
}

async function inspect(arriving: string, backup: string): Promise<Omit<Restored, 'keptAs'>> {
  const database = await openDriver(arriving).catch((cause: unknown) => {
    throw unfit(`${backup} is no backup that can be read: ${messageOf(cause)}`, cause)
  })
  try {
    refuseForeign(database)
    refuseNewer(database)
    const [problem] = database.prepare('PRAGMA integrity_check(1)').all()
    if (problem?.['integrity_check'] !== 'ok') throw new Error(String(problem?.['integrity_check']))
    return contentsOf(database)
  } catch (cause) {
    throw cause instanceof ServerError ? cause : unfit(`${backup} is damaged: ${messageOf(cause)}`, cause)
  } finally {
    database.close()
  }
}

function contentsOf(database: SqliteDriver): Omit<Restored, 'keptAs'> {
  const row = database
    .prepare(
      `SELECT (SELECT count(*) FROM events) AS events, (SELECT count(*) FROM runs) AS runs,
              (SELECT received_at_ms FROM events ORDER BY position DESC LIMIT 1) AS newest`,
    )
    .get()
  const newest = row?.['newest'] ?? null
  return {
    events: Number(row?.['events']),
    runs: Number(row?.['runs']),
    newestEventAtMs: newest === null ? undefined : Number(newest),
  }
}

/** Gives the old file a second name. Its log goes into it first, or, where it is damaged, along with it. */
async function setAside(databaseFile: string, nowMs: number): Promise<string | undefined> {
  if (!existsSync(databaseFile)) {
    removeLog(databaseFile)
    return undefined
  }
  await foldLog(databaseFile)
  const moment = new Date(nowMs).toISOString().replaceAll(/[:.]/g, '')
  const keptAs = freeName(`${databaseFile}.before-restore-${moment}`)
  try {
    linkSync(databaseFile, keptAs)
  } catch {
    renameSync(databaseFile, keptAs) // a file system without links
  }
  if (existsSync(`${databaseFile}-wal`)) renameSync(`${databaseFile}-wal`, `${keptAs}-wal`)
  rmSync(`${databaseFile}-shm`, { force: true })
  return keptAs
}

async function foldLog(databaseFile: string): Promise<void> {
  try {
    // SQLite throws the log of a file away that it does not take for a database.
    if (!readStart(databaseFile).equals(SQLITE_START)) return
    refuseDamagedLog(databaseFile)
    const database = await openDriver(databaseFile)
    try {
      database.exec('PRAGMA wal_checkpoint(TRUNCATE)')
    } finally {
      database.close()
    }
  } catch {
    // It is damaged, and kept as it is.
  }
}

const SQLITE_START = Buffer.from('SQLite format 3\0')

function readStart(file: string): Buffer {
  const handle = openSync(file, 'r')
  try {
    const start = Buffer.alloc(SQLITE_START.length)
    readSync(handle, start, 0, start.length, 0)
    return start
  } finally {
    closeSync(handle)
  }
}

function freeName(name: string): string {
  for (let number = 1; ; number++) {
    const candidate = number === 1 ? name : `${name}-${number}`
    if (!existsSync(candidate)) return candidate
  }
}

function removeLog(file: string): void {
  for (const suffix of ['-wal', '-shm']) rmSync(`${file}${suffix}`, { force: true })
}

function unfit(message: string, cause?: unknown): ServerError {
  return new ServerError('BACKUP_UNFIT', message, {
    hint: 'Nothing was changed. Name a file that `mosaic-telemetry backup` has written.',
    cause,
  })
}

function messageOf(cause: unknown): string {
  return cause instanceof Error ? cause.message : String(cause)
}
