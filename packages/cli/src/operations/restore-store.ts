import { restoreSqlite, type Restored } from '@mosaicstack/telemetry-server/operations'
import { databaseFile, ServerError } from '@mosaicstack/telemetry-server/config'

import { CliError } from '../cli-error.ts'
import { counted, moment } from '../output/format.ts'
import { terminal } from '../output/terminal.ts'
import { findStorePlace } from '../store-place.ts'
import type { BackupFlags } from './back-up-store.ts'

/** Puts a backup in the place of the embedded store. */
export async function restoreStore(file: string, flags: BackupFlags): Promise<void> {
  const place = findStorePlace(flags)
  if (place.databaseUrl !== null) throw usePgRestore(file)

  const restored = await restoreSqlite(file, databaseFile(place.dataDir), Date.now()).catch(
    refuseBesideServer,
  )
  if (flags.json) return terminal.out(JSON.stringify(toJson(restored), null, 2))
  const { events, runs, keptAs } = restored
  terminal.out(`restored ${counted(events, 'event')} and ${counted(runs, 'run')}, ${reachOf(restored)}`)
  if (keptAs !== undefined) terminal.err(`What was there before is kept as ${keptAs}.`)
}

function reachOf({ newestEventAtMs }: Restored): string {
  if (newestEventAtMs === undefined) return 'without any event'
  return `the newest event of ${moment(new Date(newestEventAtMs).toISOString())} UTC`
}

function toJson({ events, runs, newestEventAtMs, keptAs }: Restored) {
  return {
    events,
    runs,
    newest_event_at: newestEventAtMs === undefined ? null : new Date(newestEventAtMs).toISOString(),
    kept_as: keptAs ?? null,
  }
}

function refuseBesideServer(error: unknown): never {
  if (!(error instanceof ServerError) || error.code !== 'STORE_IN_USE') throw error
  throw new CliError('a server is running on this store', { hint: 'Stop it first.', cause: error })
}

function usePgRestore(file: string): CliError {
  return new CliError('a PostgreSQL store is restored with its own tools', {
    hint: `Stop the servers and run: pg_restore --clean --if-exists --no-owner --single-transaction --dbname="$MOSAIC_TELEMETRY_DATABASE_URL" ${file}`,
  })
}
