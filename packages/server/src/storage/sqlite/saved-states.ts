import type { SavedState, StateName, StateToSave } from '../saved-state.ts'
import type { SqliteDriver } from './driver.ts'

const LAST_DELETION_NO = '(SELECT coalesce(max(deletion_no), 0) FROM deleted_instances)'

export function loadState(
  database: SqliteDriver,
  name: StateName,
  newerThanRevision = 0,
): SavedState | undefined {
  const row = database
    .prepare(
      `SELECT revision, position, bytes FROM saved_states
        WHERE name = ? AND revision > ? AND deletion_no = ${LAST_DELETION_NO}`,
    )
    .get(name, newerThanRevision)
  if (row === undefined) return undefined
  return {
    revision: Number(row['revision']),
    position: Number(row['position']),
    bytes: row['bytes'] as Uint8Array,
  }
}

export function saveState(
  database: SqliteDriver,
  name: StateName,
  { position, deletionNo, bytes }: StateToSave,
): void {
  database
    .prepare(
      `INSERT INTO saved_states (name, revision, position, deletion_no, bytes)
       SELECT ?, 1, ?, ?, ? WHERE ${LAST_DELETION_NO} = ?
       ON CONFLICT (name) DO UPDATE SET
         revision = revision + 1, position = excluded.position,
         deletion_no = excluded.deletion_no, bytes = excluded.bytes`,
    )
    .run(name, position, deletionNo, bytes, deletionNo)
}
