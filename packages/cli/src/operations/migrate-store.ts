import { databaseFile, resolveSetting, ServerError } from '@mosaicstack/telemetry-server/config'
import { type MovedRows, type MoveProgress, moveToPostgres } from '@mosaicstack/telemetry-server/operations'

import { CliError } from '../cli-error.ts'
import { counted } from '../output/format.ts'
import { openProgress } from '../output/progress.ts'
import { table } from '../output/table.ts'
import { terminal } from '../output/terminal.ts'

export interface MigrateFlags {
  readonly to: string
  readonly dataDir?: string
  readonly json?: boolean
}

/** Moves the embedded store into a PostgreSQL database. */
export async function migrateStore(flags: MigrateFlags): Promise<void> {
  const url = resolveSetting('databaseUrl', flags.to, {}) ?? ''
  const file = databaseFile(resolveSetting('dataDir', flags.dataDir, process.env))
  const moved = await movedWithProgress(file, url)
  if (flags.json) {
    const tables = moved.map(({ table: name, rows, checksum }) => ({ table: name, rows, checksum }))
    return terminal.out(JSON.stringify(tables, null, 2))
  }
  terminal.out(
    table<MovedRows>(
      [
        { title: 'TABLE', value: (each) => each.table },
        { title: 'ROWS', value: (each) => String(each.rows) },
        { title: 'CHECKSUM, BOTH SIDES', value: (each) => each.checksum },
      ],
      moved,
    ),
  )
  terminal.err(`Everything is there. ${file} is as it was; keep it until you are sure.`)
  terminal.err('Next: mosaic-telemetry serve --database-url with that database.')
}

async function movedWithProgress(file: string, url: string): Promise<readonly MovedRows[]> {
  using progress = openProgress()
  return await moveToPostgres(file, url, (each) => progress.show(describe(each))).catch(refuseBesideServer)
}

function describe({ step, table: name, rows, ofRows }: MoveProgress): string {
  return step === 'copy' ? `${name}: ${rows} of ${counted(ofRows, 'row')}` : `${name}: comparing`
}

function refuseBesideServer(error: unknown): never {
  if (!(error instanceof ServerError) || error.code !== 'STORE_IN_USE') throw error
  throw new CliError('a server is running on this store', {
    hint: 'Stop it first: what it would still store would be missing.',
    cause: error,
  })
}
