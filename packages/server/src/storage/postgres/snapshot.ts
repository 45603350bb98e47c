import type { StoreSnapshot } from '../store.ts'
import { explaining } from './database-target.ts'
import { openObservations } from './observations.ts'
import { openSession } from './open-database.ts'
import type { SettledPositions } from './settled-positions.ts'
import { compareRollups } from './rollups.ts'
import { readUnits } from './units.ts'

const STATEMENT_TIMEOUT_MS = 10 * 60_000

/** One state of units and events, on a connection of its own: it may be read for minutes. */
export async function openSnapshot(url: string, positions: SettledPositions): Promise<StoreSnapshot> {
  // What is settled before the state is chosen, is in it; and so is all that units were made of.
  const settled = await positions.newest()
  const session = await explaining(url, () => openSession(url, STATEMENT_TIMEOUT_MS))
  await session.run(`SET idle_in_transaction_session_timeout = ${STATEMENT_TIMEOUT_MS}`)
  await session.run('BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY')
  const read = await session.get('SELECT max(position) AS position FROM projections')
  const newest = Math.max(settled, Number(read?.['position']))
  return {
    loadUnits: () => readUnits(session),
    observationsAfter: openObservations(session, { newest: async () => newest, known: () => newest }),
    compareRollups: () => compareRollups(session),
    close: () => session.close(),
  }
}
