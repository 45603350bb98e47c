import { setTimeout as sleep } from 'node:timers/promises'

import type { Database, Session } from './session.ts'

/**
 * Up to which position the events may be read.
 *
 * Positions come from a sequence, and transactions commit in any order: the event at 7 may be there while the one at 6
 * is still on its way. A reader that goes on from 7 has lost the 6 for ever. So a reader stops where everything is
 * settled: every position up to there is that of an event it can see, or of one that will never be.
 *
 * Why what is called settled is settled
 * 1. A transaction has its id before it has its first position (the default of `events.position` draws both, in that
 *    order). Ids are drawn in order, and one that is drawn counts as running until its transaction has ended.
 * 2. A look reads the last position given out, `reached`, and then draws an id of its own, `mark`. Whoever was given a
 *    position up to `reached` had it before, and its id even earlier: that id is below `mark`.
 * 3. Later a snapshot says that the oldest running id is above `mark`. Then each of those transactions has ended, and
 *    what they have committed is in that snapshot and in all that follow. So `reached` is settled.
 *
 * What was found counts only as long as the server goes on. A crash takes back the numbers that were given out and not
 * committed, and they are given again: so after a new connection everything is found anew. The same holds where a replica
 * has taken over.
 *
 * A transaction that stays open holds this up, also one of another database of the cluster, if it has written anything.
 * Nothing is lost by that, and events go on being stored; only what is made of them waits. Connections of ours that are
 * left idle in a transaction are ended after ten seconds.
 *
 * What was tried
 * - The position alone, below the oldest running id: of two transactions that draw their ids in one order and their
 *   positions in the other, the one that commits first hides the other's smaller position.
 * - The order (id, position), with the id in each row: right, but ids begin anew in the cluster to which a dump is
 *   restored, where the old rows' ids lie in the future; and it costs eight bytes an event and its index.
 * - A lock that makes commits follow each other: one wait for the disk after the other, for all processes together.
 */
export interface SettledPositions {
  /** @returns a position up to which everything is settled. It waits a little for transactions under way. */
  newest(): Promise<number>
  /** The newest one found so far, 0 if there is none: what is read up to there waits for nobody. */
  known(): number
}

/** What a look has seen and is not known to be settled. */
interface Look {
  readonly reached: number
  /** A transaction id as PostgreSQL writes it: text, for it may outgrow a JavaScript number. */
  readonly mark: string
}

const PAUSES_MS = [1, 2, 5, 10, 20, 50, 100, 200]

/** @param waitMs is how long `newest` waits at most for transactions under way before it answers with what it has. */
export function openSettledPositions(
  database: Pick<Database, 'get' | 'connectionsMade'>,
  waitMs = 2_000,
): SettledPositions {
  let settled = 0
  let look: Look | undefined
  let connectionsMade = 0

  const forgetIfConnectedAnew = () => {
    if (database.connectionsMade === connectionsMade) return false
    connectionsMade = database.connectionsMade
    settled = 0
    look = undefined
    return true
  }

  const isSettled = async ({ mark }: Look) => {
    const row = await database.get(
      'SELECT pg_snapshot_xmin(pg_current_snapshot()) > $1::text::xid8 AS is_settled',
      [mark],
    )
    return row?.['is_settled'] === true
  }

  return {
    known() {
      forgetIfConnectedAnew()
      return settled
    },
    async newest() {
      const reached = await lastPosition(database)
      forgetIfConnectedAnew()
      // Somebody has restored an older state of the database.
      if (reached < settled) [settled, look] = [0, undefined]
      if (reached === settled) return settled

      let waitedMs = 0
      for (let attempt = 0; ; attempt++) {
        look ??= await lookAround(database)
        const wasSettled = await isSettled(look)
        if (forgetIfConnectedAnew()) continue
        if (wasSettled) {
          settled = Math.max(settled, look.reached)
          look = undefined
          if (settled >= reached) return settled
        } else if (waitedMs >= waitMs) {
          // The look is kept: it is the older one that settles first.
          return settled
        } else {
          const pauseMs = PAUSES_MS[Math.min(attempt, PAUSES_MS.length - 1)] ?? 0
          waitedMs += pauseMs
          await sleep(pauseMs)
        }
      }
    },
  }
}

/** The last position given out; reading a sequence shows what is given out by whomever, committed or not. */
const LAST_POSITION = 'CASE WHEN is_called THEN last_value ELSE last_value - 1 END'

async function lastPosition(database: Pick<Session, 'get'>): Promise<number> {
  const row = await database.get(`SELECT ${LAST_POSITION} AS reached FROM event_positions`)
  return Number(row?.['reached'])
}

/** In two statements, because it is the order of the two that counts. */
async function lookAround(database: Pick<Session, 'get'>): Promise<Look> {
  const reached = await lastPosition(database)
  const row = await database.get('SELECT pg_current_xact_id()::text AS mark')
  return { reached, mark: String(row?.['mark']) }
}

/**
 * Never gives a position again that a projection has read, whatever was restored: the sequence goes on behind it.
 * Called while a server starts.
 */
export async function passPositionsRead(database: Session): Promise<void> {
  await database.run(
    `SELECT setval('event_positions', position) FROM (SELECT max(position) AS position FROM projections) AS read
      WHERE position > (SELECT ${LAST_POSITION} FROM event_positions)`,
  )
}
