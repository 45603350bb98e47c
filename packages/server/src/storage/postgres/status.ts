import type { StoreStatus } from '../store.ts'
import type { Session } from './session.ts'

/** The state of the database as this server sees it. Its address is for the log of whoever runs it, and not here. */
export async function readStatus(database: Session): Promise<StoreStatus> {
  const row = await database.get(
    `SELECT current_setting('synchronous_commit') AS synchronous_commit, current_setting('fsync') AS fsync,
            pg_database_size(current_database()) AS size_bytes`,
  )
  return {
    engine: 'postgres',
    path: null,
    journalMode: null,
    // Without fsync PostgreSQL does not wait for its disk, whatever a commit asks for.
    synchronous: row?.['fsync'] === 'on' ? String(row['synchronous_commit']) : 'off (fsync = off)',
    sizeBytes: Number(row?.['size_bytes']),
  }
}
