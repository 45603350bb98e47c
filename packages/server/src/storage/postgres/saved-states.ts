import type { SavedState, StateName, StateToSave } from '../saved-state.ts'
import type { Session } from './session.ts'

const LAST_DELETION_NO = '(SELECT coalesce(max(deletion_no), 0) FROM deleted_instances)'

export async function loadState(
  database: Session,
  name: StateName,
  newerThanRevision = 0,
): Promise<SavedState | undefined> {
  const row = await database.get(
    `SELECT revision, position, bytes FROM saved_states
      WHERE name = $1 AND revision > $2 AND deletion_no = ${LAST_DELETION_NO}`,
    [name, newerThanRevision],
  )
  if (row === undefined) return undefined
  return {
    revision: Number(row['revision']),
    position: Number(row['position']),
    bytes: row['bytes'] as Uint8Array,
  }
}

/** A deletion that commits at the same moment may leave the state behind; it is never read then. */
export async function saveState(
  database: Session,
  name: StateName,
  { position, deletionNo, bytes }: StateToSave,
): Promise<void> {
  await database.run(
    `INSERT INTO saved_states (name, revision, position, deletion_no, bytes)
     SELECT $1, 1, $2::bigint, $3::bigint, $4::bytea WHERE ${LAST_DELETION_NO} = $3::bigint
     ON CONFLICT (name) DO UPDATE SET
       revision = saved_states.revision + 1, position = excluded.position,
       deletion_no = excluded.deletion_no, bytes = excluded.bytes`,
    [name, position, deletionNo, bytes],
  )
}
