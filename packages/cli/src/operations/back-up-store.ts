import { backUpSqlite } from '@mosaicstack/telemetry-server/operations'
import { databaseFile } from '@mosaicstack/telemetry-server/config'

import { CliError } from '../cli-error.ts'
import { openProgress } from '../output/progress.ts'
import { terminal } from '../output/terminal.ts'
import { findProjection } from '../projection/open-projection.ts'
import type { StoreFlags } from '../store-place.ts'
import { megabytes } from './megabytes.ts'

export interface BackupFlags extends StoreFlags {
  readonly json?: boolean
}

/** Copies the embedded store into a file. */
export async function backUpStore(file: string, flags: BackupFlags): Promise<void> {
  const { place } = findProjection(flags)
  if (place.databaseUrl !== null) throw usePgDump(file)

  using progress = openProgress()
  const startedAtMs = performance.now()
  const sizeBytes = await backUpSqlite(databaseFile(place.dataDir), file, ({ writtenBytes, expectedBytes }) =>
    progress.show(`${megabytes(writtenBytes)} of about ${megabytes(expectedBytes)}`),
  )
  const seconds = (performance.now() - startedAtMs) / 1000
  if (flags.json) return terminal.out(JSON.stringify({ file, size_bytes: sizeBytes }, null, 2))
  terminal.out(file)
  terminal.err(`Wrote ${megabytes(sizeBytes)} in ${seconds.toFixed(1)} s.`)
}

function usePgDump(file: string): CliError {
  return new CliError('a PostgreSQL store is backed up with its own tools', {
    hint: `Run: pg_dump --format=custom --schema=mosaic_telemetry --file=${file} "$MOSAIC_TELEMETRY_DATABASE_URL"`,
  })
}
