import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

import { ServerError } from './server-error.ts'

/** The database file within a data directory. */
export function databaseFile(dataDir: string): string {
  return join(dataDir, 'telemetry.db')
}

/** What a program on this machine needs to talk to the local server, in the words of the client's options. */
export interface LocalCredentials {
  readonly server_url: string
  readonly instance_id: string
  readonly api_key: string
}

/** Where the local instance's key is kept, readable by its owner only. */
export function credentialsFile(dataDir: string): string {
  return join(dataDir, 'credentials.json')
}

/**
 * @returns the local credentials, or `undefined` where this data directory has none.
 * @throws ServerError where the file is torn or cannot be read.
 */
export function readLocalCredentials(dataDir: string): LocalCredentials | undefined {
  const file = credentialsFile(dataDir)
  if (!existsSync(file)) return undefined
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as LocalCredentials
  } catch (cause) {
    throw new ServerError('CREDENTIALS_UNREADABLE', `${file} cannot be read: ${(cause as Error).message}`, {
      hint: 'Correct it, or move it away: the keys themselves are in the database, and a new one can be made.',
      cause,
    })
  }
}
