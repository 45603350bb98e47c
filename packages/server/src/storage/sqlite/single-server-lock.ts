import { dirname } from 'node:path'

import { makeDirectory } from '@mosaicstack/telemetry-client/make-directory'
import { ServerError } from '../../server-error.ts'
import { explainFailure, isBusy } from './explain-failure.ts'
import { openDriver } from './open-driver.ts'

/**
 * Makes sure that one server at a time uses a database file: positions and prediction units are kept in its memory.
 * The lock is an open exclusive transaction on a small SQLite file beside the database, because the operating system
 * releases it whenever and however the process ends. Command-line tools do not take it: they may read, and manage
 * keys, while the server runs.
 *
 * @throws ServerError where another server holds the lock or the directory cannot be used.
 */
export async function lockForServer(databaseFile: string): Promise<() => void> {
  try {
    makeDirectory(dirname(databaseFile))
    const lock = await openDriver(`${databaseFile}.lock`)
    try {
      lock.exec('PRAGMA busy_timeout = 0; BEGIN EXCLUSIVE')
      return () => lock.close()
    } catch (cause) {
      lock.close()
      throw cause
    }
  } catch (cause) {
    throw isBusy(cause) ? inUse(cause) : explainFailure(cause, databaseFile)
  }
}

function inUse(cause: unknown): ServerError {
  return new ServerError('STORE_IN_USE', 'another server is using this data directory', {
    hint: 'Stop it, or start this one with another --data-dir.',
    cause,
  })
}
