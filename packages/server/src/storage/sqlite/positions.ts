import type { SqliteDriver } from './driver.ts'

/**
 * Keeps the newest position before events are deleted, inside the caller's transaction: a position is never given
 * again, because somebody may have read up to it.
 */
export function keepPositions(database: SqliteDriver): void {
  database.exec(
    `INSERT INTO projections (name, position) SELECT 'deletions', coalesce(max(position), 0) FROM events WHERE true
     ON CONFLICT DO UPDATE SET position = max(position, excluded.position)`,
  )
}
