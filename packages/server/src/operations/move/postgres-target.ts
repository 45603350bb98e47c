import { ServerError } from '../../server-error.ts'
import { explaining } from '../../storage/postgres/database-target.ts'
import { LOCK_SPACE, migrate, refuseUnfit } from '../../storage/postgres/migrate.ts'
import { MOVE_PROGRESS } from '../../storage/postgres/half-moved.ts'
import { type DedicatedSession, openSession } from '../../storage/postgres/open-database.ts'
import { SCHEMA } from '../../storage/postgres/connecting.ts'
import type { SqlRow, SqlValue } from '../../storage/postgres/session.ts'
import { MOVED_TABLES, type MovedTable } from './moved-tables.ts'
import type { PlainRow, SourceTable } from './sqlite-source.ts'
import { ChecksumBuilder, plainValue, type TableChecksum } from './table-checksum.ts'

const STATEMENT_TIMEOUT_MS = 10 * 60_000
const MOVE_LOCK = 3

/** Where a store is moved to. Its progress stands in a table of the database, which no server starts on meanwhile. */
export interface PostgresTarget {
  /** How far a table is carried over: the key of its last row. */
  lastKey(table: string): Promise<PlainRow | undefined>
  /** Stores rows and how far that is, in one transaction. */
  append(table: MovedTable, source: SourceTable, rows: readonly PlainRow[]): Promise<void>
  checksum(table: MovedTable, source: SourceTable): Promise<TableChecksum>
  /** Sets positions and numbers to go on from, and lets servers start. */
  finish(positions: ReadonlyMap<string, number>): Promise<void>
  close(): Promise<void>
}

/** @throws ServerError where the database holds something else, is in use, or is none that a server would take. */
export async function openPostgresTarget(url: string, fingerprint: string): Promise<PostgresTarget> {
  const session = await explaining(url, () => openSession(url, STATEMENT_TIMEOUT_MS))
  try {
    await explaining(url, async () => {
      await refuseUnfit(session)
      await migrate(session)
    })
    await session.run(`SET application_name = 'mosaic-telemetry migrate'; SET lock_timeout = 10000`)
    await session.run(`SELECT pg_advisory_lock(${LOCK_SPACE}, ${MOVE_LOCK})`) // one that was killed is gone soon
    await refuseServers(session)
    await begin(session, fingerprint)
  } catch (error) {
    await session.close()
    throw error
  }
  const types = await columnTypes(session)
  return {
    lastKey: (table) => readLastKey(session, table),
    append: (table, source, rows) => append(session, types, table, source, rows),
    checksum: (table, source) => checksum(session, types, table, source),
    finish: (positions) => finish(session, positions),
    close: () => session.close(),
  }
}

async function refuseServers(session: DedicatedSession): Promise<void> {
  const row = await session.get(
    `SELECT count(*) AS others FROM pg_stat_activity
      WHERE datname = current_database() AND application_name ~ '^mosaic-telemetry [0-9]+$' AND pid <> pg_backend_pid()`,
  )
  if (Number(row?.['others']) === 0) return
  throw new ServerError('MOVE_REFUSED', 'a server is running on the target database', {
    hint: 'Stop it; start it again when everything has been moved.',
  })
}

async function begin(session: DedicatedSession, fingerprint: string): Promise<void> {
  const begun = await session.get(
    'SELECT count(*) AS tables FROM pg_tables WHERE schemaname = $1 AND tablename = $2',
    [SCHEMA, MOVE_PROGRESS],
  )
  if (begun?.['tables'] === 0) return prepare(session, fingerprint)
  const source = await session.get(`SELECT last_key FROM ${MOVE_PROGRESS} WHERE table_name = ''`)
  if (source?.['last_key'] === fingerprint) return
  throw new ServerError('MOVE_REFUSED', 'the move of another store into this database has begun', {
    hint: `Finish that one, or begin anew: psql -c 'DROP SCHEMA ${SCHEMA} CASCADE' on the target.`,
  })
}

async function prepare(session: DedicatedSession, fingerprint: string): Promise<void> {
  const found: string[] = []
  for (const { name } of MOVED_TABLES) {
    const row = await session.get(`SELECT EXISTS (SELECT 1 FROM ${name}) AS has_rows`)
    if (row?.['has_rows'] === true) found.push(name)
  }
  if (found.length > 0) {
    throw new ServerError('MOVE_REFUSED', `the target database holds data already: ${found.join(', ')}`, {
      hint: 'Name an empty database; two stores cannot be made one.',
    })
  }
  await session.transaction(async (transaction) => {
    await transaction.run(
      `CREATE TABLE ${MOVE_PROGRESS} (table_name text PRIMARY KEY, last_key text NOT NULL)`,
    )
    await transaction.run(`INSERT INTO ${MOVE_PROGRESS} VALUES ('', $1)`, [fingerprint])
  })
}

/** By `table.column`. */
type ColumnTypes = ReadonlyMap<string, string>

async function columnTypes(session: DedicatedSession): Promise<ColumnTypes> {
  const rows = await session.all(
    `SELECT table_name || '.' || column_name AS name, udt_name FROM information_schema.columns WHERE table_schema = $1`,
    [SCHEMA],
  )
  return new Map(rows.map((row) => [String(row['name']), String(row['udt_name'])]))
}

async function readLastKey(session: DedicatedSession, table: string): Promise<PlainRow | undefined> {
  const row = await session.get(`SELECT last_key FROM ${MOVE_PROGRESS} WHERE table_name = $1`, [table])
  return row === undefined ? undefined : (JSON.parse(String(row['last_key'])) as PlainRow)
}

async function append(
  session: DedicatedSession,
  types: ColumnTypes,
  { name, rowsAtOnce, added = {} }: MovedTable,
  { columns, key }: SourceTable,
  rows: readonly PlainRow[],
): Promise<void> {
  const last = rows.at(-1)
  if (last === undefined) return
  const lastKey = JSON.stringify(key.map((column) => last[columns.indexOf(column)]))
  const areBytes = columns.map((column) => types.get(`${name}.${column}`) === 'bytea')
  const into = `INSERT INTO ${name} (${[...columns, ...Object.keys(added)].join(', ')}) OVERRIDING SYSTEM VALUE`
  await session.transaction(async (transaction) => {
    if (rowsAtOnce === 1) {
      // A row that may be large goes as it is, not as text.
      const values = last.map((value, index) => (areBytes[index] ? Buffer.from(String(value), 'hex') : value))
      await transaction.run(
        `${into} VALUES (${columns.map((_, index) => `$${index + 1}`).join(', ')})`,
        values,
      )
    } else {
      const records = rows.map((row) =>
        Object.fromEntries(
          row.map((value, index) => [
            columns[index],
            areBytes[index] && value !== null ? `\\x${value}` : value,
          ]),
        ),
      )
      const input = `SELECT ${[...columns, ...Object.values(added)].join(', ')} FROM json_populate_recordset(NULL::${name}, $1::json)`
      await transaction.run(`${into} ${input}`, [JSON.stringify(records)])
    }
    await transaction.run(
      `INSERT INTO ${MOVE_PROGRESS} VALUES ($1, $2)
       ON CONFLICT (table_name) DO UPDATE SET last_key = excluded.last_key`,
      [name, lastKey],
    )
  })
}

async function checksum(
  session: DedicatedSession,
  types: ColumnTypes,
  { name, rowsAtOnce }: MovedTable,
  { columns, key }: SourceTable,
): Promise<TableChecksum> {
  const builder = new ChecksumBuilder()
  const areUuids = columns.map((column) => types.get(`${name}.${column}`) === 'uuid')
  const keys = key.join(', ')
  const select = (where: string) =>
    `SELECT ${columns.join(', ')} FROM ${name} ${where} ORDER BY ${keys} LIMIT ${rowsAtOnce}`
  const following = select(`WHERE (${keys}) > (${key.map((_, index) => `$${index + 1}`).join(', ')})`)
  let rows = await session.all(select(''))
  for (;;) {
    for (const row of rows)
      builder.add(columns.map((column, index) => plainValue(row[column], areUuids[index] === true)))
    const last: SqlRow | undefined = rows.at(-1)
    if (last === undefined || rows.length < rowsAtOnce) return builder.finish()
    rows = await session.all(
      following,
      key.map((column) => last[column] as SqlValue),
    )
  }
}

/** Numbers that the database gives by itself, which go on behind those that were carried over. */
const IDENTITIES: readonly (readonly [table: string, column: string, newest: string])[] = [
  [
    'instances',
    'instance_no',
    'greatest((SELECT max(instance_no) FROM instances), (SELECT max(instance_no) FROM deleted_instances))',
  ],
  ['deleted_instances', 'deletion_no', '(SELECT max(deletion_no) FROM deleted_instances)'],
  ['words', 'word_no', '(SELECT max(word_no) FROM words)'],
  ['runs', 'run_no', '(SELECT max(run_no) FROM runs)'],
  ['run_events', 'run_event_no', '(SELECT max(run_event_no) FROM run_events)'],
  ['otlp_sessions', 'session_no', '(SELECT max(session_no) FROM otlp_sessions)'],
  ['otlp_requests', 'request_no', '(SELECT max(request_no) FROM otlp_requests)'],
]

async function finish(session: DedicatedSession, positions: ReadonlyMap<string, number>): Promise<void> {
  await session.transaction(async (transaction) => {
    for (const [table, column, newest] of IDENTITIES) {
      await transaction.run(
        `SELECT setval(pg_get_serial_sequence('${table}', '${column}'), newest) FROM (SELECT ${newest} AS newest) AS last
          WHERE newest IS NOT NULL`,
      )
    }
    const given = Math.max(0, ...positions.values())
    await transaction.run(
      `SELECT setval('event_positions', newest)
         FROM (SELECT greatest((SELECT max(position) FROM events), $1::bigint) AS newest) AS last WHERE newest > 0`,
      [given],
    )
    for (const [name, position] of positions) {
      await transaction.run('UPDATE projections SET position = $2, version = version + 1 WHERE name = $1', [
        name,
        position,
      ])
    }
    await transaction.run(`DROP TABLE ${MOVE_PROGRESS}`)
  })
  // Until the database knows how large its tables are, it would read them whole.
  await session.run('ANALYZE')
}
