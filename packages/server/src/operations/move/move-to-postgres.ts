import { ServerError } from '../../server-error.ts'
import { MOVED_TABLES } from './moved-tables.ts'
import { openPostgresTarget, type PostgresTarget } from './postgres-target.ts'
import { openSqliteSource, type SourceTable, type SqliteSource } from './sqlite-source.ts'
import { ChecksumBuilder } from './table-checksum.ts'

/** What is being done with which table. */
export interface MoveProgress {
  readonly step: 'copy' | 'check'
  readonly table: string
  readonly rows: number
  readonly ofRows: number
}

/** What was moved and found to be the same on both sides. */
export interface MovedRows {
  readonly table: string
  readonly rows: number
  readonly checksum: string
}

/**
 * Moves a whole SQLite store into an empty PostgreSQL database, with what predictions and forecasts have learned.
 *
 * Always true
 * - The file is only read. No server runs on it meanwhile, and none starts on the target until everything is there.
 * - Rows and how far they reach are stored in one transaction of the target: ended anywhere and called again, it goes on.
 * - It ends well only after every table has the same number of rows and the same checksum on both sides, read back.
 *
 * @throws ServerError where either side cannot be used, or differs in the end.
 */
export async function moveToPostgres(
  file: string,
  url: string,
  onProgress: (progress: MoveProgress) => void = () => {},
): Promise<readonly MovedRows[]> {
  const source = await openSqliteSource(file)
  try {
    const target = await openPostgresTarget(url, source.fingerprint)
    try {
      for (const table of MOVED_TABLES) await copyTable(source, target, table, onProgress)
      const moved: MovedRows[] = []
      for (const table of MOVED_TABLES) moved.push(await checkTable(source, target, table, onProgress))
      await target.finish(source.positions())
      return moved
    } finally {
      await target.close()
    }
  } finally {
    source.close()
  }
}

type Table = (typeof MOVED_TABLES)[number]

async function copyTable(
  source: SqliteSource,
  target: PostgresTarget,
  table: Table,
  onProgress: (progress: MoveProgress) => void,
): Promise<void> {
  const from = source.table(table.name)
  let copied = 0
  for (let after = await target.lastKey(table.name); ;) {
    const rows = from.rowsAfter(after, table.rowsAtOnce)
    await target.append(table, from, rows)
    copied += rows.length
    onProgress({ step: 'copy', table: table.name, rows: copied, ofRows: from.rows })
    const last = rows.at(-1)
    if (last === undefined) return
    after = from.key.map((column) => last[from.columns.indexOf(column)] ?? null)
  }
}

async function checkTable(
  source: SqliteSource,
  target: PostgresTarget,
  table: Table,
  onProgress: (progress: MoveProgress) => void,
): Promise<MovedRows> {
  const from = source.table(table.name)
  onProgress({ step: 'check', table: table.name, rows: 0, ofRows: from.rows })
  const there = await target.checksum(table, from)
  const here = checksumOf(from, table.rowsAtOnce)
  if (here.rows === there.rows && here.sum === there.sum) {
    return { table: table.name, rows: here.rows, checksum: here.sum }
  }
  throw new ServerError(
    'MOVE_DIFFERS',
    `${table.name} has ${here.rows} rows with checksum ${here.sum} here, ${there.rows} with ${there.sum} in the target`,
    {
      hint:
        'The store has changed since the move began. Empty the target (DROP SCHEMA mosaic_telemetry CASCADE) and begin ' +
        'anew with the server stopped; the file here is as it was.',
    },
  )
}

function checksumOf(table: SourceTable, rowsAtOnce: number) {
  const builder = new ChecksumBuilder()
  let rows = table.rowsAfter(undefined, rowsAtOnce)
  while (rows.length > 0) {
    for (const row of rows) builder.add(row)
    const last = rows.at(-1)
    rows = table.rowsAfter(
      table.key.map((column) => last?.[table.columns.indexOf(column)] ?? null),
      rowsAtOnce,
    )
  }
  return builder.finish()
}
