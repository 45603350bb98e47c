import { ServerError } from '../../server-error.ts'
import { SCHEMA } from './connecting.ts'
import type { Session } from './session.ts'

/** The table that is there while a store is moved into this database. */
export const MOVE_PROGRESS = 'move_progress'

/**
 * Events that came in between would be given numbers that are about to arrive.
 *
 * @throws ServerError where a store is being moved into this database.
 */
export async function refuseHalfMoved(session: Session): Promise<void> {
  const found = await session.get(
    'SELECT count(*) AS tables FROM pg_tables WHERE schemaname = $1 AND tablename = $2',
    [SCHEMA, MOVE_PROGRESS],
  )
  if (found?.['tables'] === 0) return
  throw new ServerError(
    'STORE_UNFIT',
    'a store is being moved into this database, and not all of it is here',
    {
      hint: 'Finish it: mosaic-telemetry migrate --to this database goes on where it was.',
    },
  )
}
