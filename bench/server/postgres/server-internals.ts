import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { pathToFileURL } from 'node:url'

import type * as eventRows from '../../../packages/server/dist/storage/event-rows.js'
import type * as events from '../../../packages/server/dist/storage/postgres/events.js'
import type * as database from '../../../packages/server/dist/storage/postgres/open-database.js'
import type * as words from '../../../packages/server/dist/storage/postgres/words.js'

/** The server's own statements, from the build, as the server runs them. */
const dist = join(
  dirname(createRequire(import.meta.url).resolve('@mosaicstack/telemetry-server/package.json')),
  'dist/storage',
)

function load<Module>(file: string): Promise<Module> {
  return import(pathToFileURL(join(dist, file)).href) as Promise<Module>
}

export const { toEventRows } = await load<typeof eventRows>('event-rows.js')
export const { APPEND_SETTINGS, openEventAppender } = await load<typeof events>('postgres/events.js')
export const { openDatabase: openPostgresDatabase } = await load<typeof database>('postgres/open-database.js')
export const { openWords } = await load<typeof words>('postgres/words.js')
