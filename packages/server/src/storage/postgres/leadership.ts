import { type Leadership, LeadershipLost } from '../shared-store.ts'
import { LOCK_SPACE } from './migrate.ts'
import { type DedicatedSession, openSession } from './open-database.ts'
import type { Session } from './session.ts'
import { beginEpoch, saveUnits } from './units.ts'
import type { Words } from './words.ts'

const LEADER_LOCK = 1

/** PostgreSQL ends a leader's session that has said nothing for so long: its process hangs, or its machine is gone. */
const SILENCE_MS = 4_000
/** Likewise while it loads: that blocks its event loop, as long as a million units take. */
const LOADING_SILENCE_MS = 60_000
const SIGN_OF_LIFE_EVERY_MS = 1_000
const STATEMENT_TIMEOUT_MS = 30_000

/**
 * One process of all keeps the projection: the one whose session holds an advisory lock.
 *
 * Always true
 * - A process that dies loses the lock with its connection, at once. One that hangs, or whose machine is gone, loses it
 *   after four seconds of silence, by `idle_session_timeout`. The others look every second or two, so one of them has
 *   taken over within ten. While it loads the units it may be silent for a minute: units appear all at once, so no
 *   prediction is made of half of them, and a limit that the load exceeds would end every leader in turn.
 * - Who wins the lock begins a new epoch. A save checks the epoch in its own transaction, so whoever still believes to
 *   lead, saves nothing: the lock is for finding a leader, the epoch for being right.
 *
 * @returns `undefined` while another process leads.
 */
export async function takeLead(
  database: Session,
  url: string,
  words: Words,
): Promise<Leadership | undefined> {
  // A look costs less than a connection that is only made to be refused.
  if (await isLed(database)) return undefined

  const session = await openSession(url, STATEMENT_TIMEOUT_MS)
  try {
    const won = await session.get(`SELECT pg_try_advisory_lock(${LOCK_SPACE}, ${LEADER_LOCK}) AS won`)
    if (won?.['won'] === true) return await lead(session, words)
    await session.close()
    return undefined
  } catch (error) {
    await session.close().catch(() => {})
    throw error
  }
}

async function isLed(database: Session): Promise<boolean> {
  const row = await database.get(
    `SELECT count(*) AS holders FROM pg_locks
      WHERE locktype = 'advisory' AND granted AND classid = ${LOCK_SPACE} AND objid = ${LEADER_LOCK}
        AND database = (SELECT oid FROM pg_database WHERE datname = current_database())`,
  )
  return Number(row?.['holders']) > 0
}

async function lead(session: DedicatedSession, words: Words): Promise<Leadership> {
  await session.run(`SET idle_session_timeout = ${LOADING_SILENCE_MS}`)
  await session.run(`SET idle_in_transaction_session_timeout = ${SILENCE_MS}`)
  const epoch = await beginEpoch(session)
  let isSuperseded = false
  const signs = setInterval(() => void session.run('SELECT 1').catch(() => {}), SIGN_OF_LIFE_EVERY_MS)
  signs.unref()

  return {
    get isHeld() {
      return session.isOpen && !isSuperseded
    },
    async endLoading() {
      await session.run(`SET idle_session_timeout = ${SILENCE_MS}`)
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
}
