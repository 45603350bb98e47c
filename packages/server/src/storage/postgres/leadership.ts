import { type Leadership, LeadershipLost } from '../shared-store.ts'
import { LOCK_SPACE } from './migrate.ts'
import { openSession } from './open-database.ts'
import type { Words } from './words.ts'
import { beginEpoch, saveUnits } from './units.ts'

const LEADER_LOCK = 1

/** PostgreSQL ends a leader's session that has said nothing for so long: its process hangs, or its machine is gone. */
const SILENCE_MS = 5_000
const SIGN_OF_LIFE_EVERY_MS = 1_000
const STATEMENT_TIMEOUT_MS = 30_000

/**
 * One process of all keeps the projection: the one whose session holds an advisory lock.
 *
 * Always true
 * - A process that dies loses the lock with its connection, at once. One that hangs, or whose machine is gone, loses it
 *   after five seconds of silence, by `idle_session_timeout`. The others ask every two seconds, so one of them has
 *   taken over within ten.
 * - Who wins the lock begins a new epoch. A save checks the epoch in its own transaction, so whoever still believes to
 *   lead, saves nothing: the lock is for finding a leader, the epoch for being right.
 *
 * @returns `undefined` while another process leads.
 */
export async function takeLead(url: string, words: Words): Promise<Leadership | undefined> {
  const session = await openSession(url, STATEMENT_TIMEOUT_MS)
  try {
    const won = await session.get(`SELECT pg_try_advisory_lock(${LOCK_SPACE}, ${LEADER_LOCK}) AS won`)
    if (won?.['won'] !== true) {
      await session.close()
      return undefined
    }
    await session.run(`SET idle_session_timeout = ${SILENCE_MS}`)
    await session.run(`SET idle_in_transaction_session_timeout = ${SILENCE_MS}`)
    const epoch = await beginEpoch(session)
    let isSuperseded = false
    const signs = setInterval(() => void session.run('SELECT 1').catch(() => {}), SIGN_OF_LIFE_EVERY_MS)
    signs.unref()

    return {
      get isHeld() {
        return session.isOpen && !isSuperseded
      },
      async saveUnits(units, position) {
        const version = await session.transaction((transaction) =>
          saveUnits(transaction, words, { units, position, epoch }),
        )
        if (version !== undefined) return
        isSuperseded = true
        throw new LeadershipLost('another process keeps the prediction units now')
      },
      async resign() {
        clearInterval(signs)
        await session.close()
      },
    }
  } catch (error) {
    await session.close().catch(() => {})
    throw error
  }
}
