import { posix, win32 } from 'node:path'

import { defineImporter, type LogPlace, type Machine } from '../importer.ts'
import { readDatabase } from './read-database.ts'
import { readStoredMessage } from './read-stored-message.ts'

/** OpenCode since version 1.2, which keeps everything in one SQLite database; preview versions in one of their own. */
export const openCode = defineImporter({
  harness: 'opencode',
  title: 'OpenCode',
  locate: (machine) => [databasePlace(machine, 'opencode')],
  format: { kind: 'database', read: readDatabase },
})

/** Kilo's command line is a fork of OpenCode, with the same tables. */
export const kiloCli = defineImporter({
  harness: 'kilo_code',
  title: 'Kilo CLI',
  locate: (machine) => [databasePlace(machine, 'kilo')],
  format: { kind: 'database', read: readDatabase },
})

/** OpenCode before: a JSON file for each message. What was moved to the database is known by its times and counts. */
export const openCodeStorage = defineImporter({
  harness: 'opencode',
  title: 'OpenCode before 1.2',
  locate: (machine) => [
    {
      path: dataPath(machine, 'opencode', 'storage', 'message'),
      isLog: (path) => /^[^/]+\/[^/]+\.json$/.test(path),
      maxDepth: 1,
    },
  ],
  format: { kind: 'document', read: readStoredMessage },
})

function databasePlace(machine: Machine, program: string): LogPlace {
  const database = new RegExp(`^${program}(?:-[\\w.]+)?\\.db$`)
  return { path: dataPath(machine, program), isLog: (path) => database.test(path), maxDepth: 0 }
}

function dataPath({ platform, home, env }: Machine, ...parts: readonly string[]): string {
  const { join } = platform === 'win32' ? win32 : posix
  return join(env('XDG_DATA_HOME') || join(home, '.local', 'share'), ...parts)
}
