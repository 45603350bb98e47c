import type { OtlpAppended, OtlpAppendOutcome } from '../otlp-store.ts'
import type { RunWriteOutcome } from '../run-store.ts'
import type { AppendOutcome } from '../store.ts'
import type { SharedStore } from '../shared-store.ts'
import type { SessionSettings } from './connecting.ts'
import { explaining } from './database-target.ts'
import { APPEND_SETTINGS, openEventAppender, openStoredEvents } from './events.ts'
import { deleteInstance, deletionsAfter } from './deletions.ts'
import { refuseHalfMoved } from './half-moved.ts'
import { createInstance, findInstance, listInstances } from './instances.ts'
import { createKey, keysChangedSince, listKeys, revokeKey, touchKeys } from './keys.ts'
import { takeLead } from './leadership.ts'
import { migrate, refuseUnfit } from './migrate.ts'
import { IN_ORDER_SETTINGS, openObservations } from './observations.ts'
import { openDatabase, openSession } from './open-database.ts'
import { listOtlpRequests, listOtlpSessions, openOtlpSessions, otlpSessionWork } from './otlp-reads.ts'
import { appendOtlp, claimOtlpSession, settleOtlp } from './otlp-writes.ts'
import { countPrunable, pruneSome } from './retention.ts'
import { retrying } from './retrying.ts'
import { clearRollups, foldRollups, listRollupSources, rollupState, sumRollups } from './rollups.ts'
import { listRuns } from './run-list.ts'
import { findRun, listRunEvents, readRunCounts } from './run-reads.ts'
import { writeRuns } from './run-writes.ts'
import { loadState, saveState } from './saved-states.ts'
import { openSettledPositions, passPositionsRead } from './settled-positions.ts'
import { openSnapshot } from './snapshot.ts'
import { readStatus } from './status.ts'
import { loadTrust, saveTrust } from './trust.ts'
import { loadUnits, saveUnits, type UnitsToSave, unitsSavedSince } from './units.ts'
import { openWords } from './words.ts'

/** Groups of events on their way at once: one waits for the disk while the next ones are sent. */
const GROUPS_AT_ONCE = 3
/**
 * A statement costs as much as thirty of its rows before it has any, on both sides of the wire. With a further one from
 * the first rows on, single events took up to twice the processor time; from a hundred on it was a sixth less than from
 * here, but whoever came second waited for two statements.
 */
const FURTHER_GROUP_EVENTS = 32
/** For agent runs, keys, words and what is done every so often. */
const WRITE_CONNECTIONS = 2
const READ_CONNECTIONS = 3
/** Of those who read events one after the other: the leader, an export, and the sums of the dashboard. */
const IN_ORDER_CONNECTIONS = 2
const WRITE_TIMEOUT_MS = 10_000
const READ_TIMEOUT_MS = 30_000

export interface PostgresOptions {
  /** Told when an idle connection breaks, which is no request's failure. */
  readonly onBrokenConnection?: (error: Error) => void
}

/**
 * The store that many server processes share. Writes and reads have connections of their own, so that no long read
 * holds up a commit. Connections are made when they are needed: a database that is away fails requests, not the server.
 *
 * @throws ServerError where the database is out of reach, too old, from a newer server or somebody else's.
 */
export async function openPostgresStore(url: string, options: PostgresOptions = {}): Promise<SharedStore> {
  await explaining(url, () => prepareDatabase(url))
  const pool = (maxConnections: number, statementTimeoutMs: number, settings: SessionSettings = {}) =>
    openDatabase(url, { ...options, maxConnections, statementTimeoutMs, settings })
  const appends = pool(GROUPS_AT_ONCE, WRITE_TIMEOUT_MS, APPEND_SETTINGS)
  const writes = pool(WRITE_CONNECTIONS, WRITE_TIMEOUT_MS)
  const reads = pool(READ_CONNECTIONS, READ_TIMEOUT_MS)
  const inOrder = pool(IN_ORDER_CONNECTIONS, READ_TIMEOUT_MS, IN_ORDER_SETTINGS)
  const words = openWords(writes)
  const appendEvents = openEventAppender(appends, words)
  const positions = openSettledPositions(inOrder)
  const save = async (units: UnitsToSave) => {
    await writes.transaction((session) => saveUnits(session, words, units))
  }

  return {
    engine: 'postgres',
    groupsAtOnce: GROUPS_AT_ONCE,
    failed: new Promise(() => {}), // its connections come back
    furtherGroupEvents: FURTHER_GROUP_EVENTS,
    appendEvents: (requests) =>
      orUnavailable<AppendOutcome>(async () => ({ kind: 'stored', ...(await appendEvents(requests)) })),
    writeRuns: (requests) =>
      orUnavailable<RunWriteOutcome>(async () => {
        const results = await retrying(() =>
          writes.transaction((session) => writeRuns(session, requests.flat())),
        )
        let next = 0
        return {
          kind: 'stored',
          requests: requests.map(({ length }) => results.slice(next, (next += length))),
        }
      }),
    appendOtlp: (batches) =>
      orUnavailable<OtlpAppendOutcome>(async () => {
        const requests = await retrying(() =>
          writes.transaction(async (session) => {
            const appended: OtlpAppended[] = []
            for (const batch of batches) appended.push(await appendOtlp(session, batch))
            return appended
          }),
        )
        return { kind: 'stored', requests }
      }),
    listOtlpRequests: (query) => listOtlpRequests(reads, query),
    listOtlpSessions: (query) => listOtlpSessions(reads, query),
    claimOtlpSession: (session, untilMs) => claimOtlpSession(writes, session, untilMs),
    openOtlpSessions: (query) => openOtlpSessions(reads, query),
    otlpSessionWork: (sessionNo) => otlpSessionWork(reads, sessionNo),
    settleOtlp: (settlement) => settleOtlp(writes, settlement),
    pruneSome: (step) => pruneSome(writes, step),
    countPrunable: (target, beforeMs) => countPrunable(reads, target, beforeMs),
    findRun: (eventId) => findRun(reads, eventId),
    listRuns: (query) => listRuns(reads, query),
    listRunEvents: (eventId) => listRunEvents(reads, eventId),
    countRuns: (createdAfterUs) => readRunCounts(reads, createdAfterUs),
    observationsAfter: openObservations(inOrder, positions),
    eventsAfter: openStoredEvents(inOrder, positions),
    countEvents: async () => Number((await reads.get('SELECT count(*) AS n FROM events'))?.['n']),
    foldRollups: (maxEvents) => retrying(() => foldRollups(writes, positions, maxEvents)),
    clearRollups: () => clearRollups(writes),
    rollupState: () => rollupState(reads),
    sumRollups: (query) => sumRollups(reads, query),
    listRollupSources: (today) => listRollupSources(reads, today),
    loadUnits: () => loadUnits(reads),
    saveUnits: (units, position) => save({ units, position, epoch: undefined }),
    replaceUnits: (units, position) => save({ units, position, epoch: undefined, isComplete: true }),
    openSnapshot: () => openSnapshot(url, positions),
    loadTrust: () => loadTrust(reads),
    saveTrust: (trust) => saveTrust(writes, trust),
    loadState: (name, newerThanRevision) => loadState(reads, name, newerThanRevision),
    saveState: (name, state) => saveState(writes, name, state),
    unitsSavedSince: (version) => unitsSavedSince(reads, version),
    takeLead: () => takeLead(reads, url, words),
    createInstance: (instance) => createInstance(writes, instance),
    listInstances: () => listInstances(reads),
    findInstance: (instanceId) => findInstance(reads, instanceId),
    deleteInstance: (instanceId, deletedAtMs) => deleteInstance(writes, instanceId, deletedAtMs),
    deletionsAfter: (deletionNo) => deletionsAfter(reads, deletionNo),
    createKey: (key) => createKey(writes, key),
    listKeys: (instanceId) => listKeys(reads, instanceId),
    revokeKey: (keyId, revokedAtMs) => revokeKey(writes, keyId, revokedAtMs),
    keysChangedSince: (changeNo) => keysChangedSince(reads, changeNo),
    touchKeys: (lastUsedAtMs) => touchKeys(writes, lastUsedAtMs),
    status: () => readStatus(reads),
    async close() {
      await Promise.all([appends, writes, reads, inOrder].map((each) => each.close()))
    },
  }
}

/** Brings the database to this server's schema before anybody uses it. */
async function prepareDatabase(url: string): Promise<void> {
  const session = await openSession(url, READ_TIMEOUT_MS)
  try {
    await refuseUnfit(session)
    await migrate(session)
    await refuseHalfMoved(session)
    await passPositionsRead(session)
  } finally {
    await session.close()
  }
}

/** A failed write is a value: nothing of it is acknowledged, and the cause is for the log. */
async function orUnavailable<Outcome>(
  write: () => Promise<Outcome>,
): Promise<Outcome | { readonly kind: 'unavailable'; readonly cause: string }> {
  try {
    return await write()
  } catch (error) {
    return { kind: 'unavailable', cause: error instanceof Error ? error.message : String(error) }
  }
}
