import { existsSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { dirname, resolve } from 'node:path'

import { ServerError } from '../server-error.ts'
import type { CopierOperations } from '../storage/sqlite/copier-operations.ts'
import { explainFailure } from '../storage/sqlite/explain-failure.ts'
import { startDatabaseThread } from '../storage/sqlite/start-database-thread.ts'
import { callsTo } from '../storage/sqlite/thread-calls.ts'
import { syncToDisk } from './sync-to-disk.ts'

const LOOK_EVERY_MS = 200

export interface BackupProgress {
  readonly writtenBytes: number
  /** About what the backup will take. */
  readonly expectedBytes: number
}

/**
 * Copies a database file into another, while a server writes to it: the state of one moment, with everything acknowledged
 * before the call. The copy carries its name only when it is whole and on the disk. Memory stays within a few megabytes.
 *
 * @returns the size of the backup in bytes.
 * @throws ServerError where the backup is there already or cannot be written.
 */
export async function backUpSqlite(
  databaseFile: string,
  target: string,
  onProgress: (progress: BackupProgress) => void = () => {},
): Promise<number> {
  if (existsSync(target)) {
    throw new ServerError('BACKUP_FAILED', `${target} is there already and is not overwritten`, {
      hint: 'Choose another name, such as one with the date in it.',
    })
  }
  const partial = `${resolve(target)}.partial`
  try {
    rmSync(partial, { force: true }) // of a backup that was ended half way
    writeFileSync(partial, '', { mode: 0o600 })
    await copy(databaseFile, partial, onProgress)
    syncToDisk(partial, 'file')
    renameSync(partial, target)
    syncToDisk(dirname(partial), 'directory')
    return statSync(target).size
  } catch (cause) {
    rmSync(partial, { force: true })
    throw explainBackup(cause, target)
  }
}

async function copy(
  databaseFile: string,
  partial: string,
  onProgress: (progress: BackupProgress) => void,
): Promise<void> {
  const thread = startDatabaseThread(databaseFile, 'copier')
  const copier = callsTo<CopierOperations>(thread)
  try {
    const expectedBytes = await copier.usedBytes().catch((cause: unknown) => {
      throw explainFailure(cause, databaseFile)
    })
    const looking = setInterval(
      () => onProgress({ writtenBytes: statSync(partial).size, expectedBytes }),
      LOOK_EVERY_MS,
    )
    await copier.copyInto(partial).finally(() => clearInterval(looking))
    await copier.close()
  } finally {
    await thread.terminate()
  }
}

/** A damaged database is named as such; anything else is about the place of the backup. */
function explainBackup(cause: unknown, target: string): unknown {
  if (!(cause instanceof Error) || cause instanceof ServerError) return cause
  return new ServerError('BACKUP_FAILED', `${target} could not be written: ${cause.message}`, {
    hint: 'Choose a place that this user may write to, with as much room as the database takes.',
    cause,
  })
}
