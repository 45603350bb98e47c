import { deletionsAfter } from './deletions.ts'
import type { RollupQuery } from '../rollup-store.ts'
import type { StateName } from '../saved-state.ts'
import type { SqliteDriver } from './driver.ts'
import { openObservations, openStoredEvents } from './events.ts'
import { findInstance, listInstances } from './instances.ts'
import { keysChangedSince, listKeys } from './keys.ts'
import { copyLog } from './log-copying.ts'
import { openOtlpOpenSessions, openOtlpRequests, openOtlpSessionList, openOtlpWork } from './otlp-reads.ts'
import { openPrunableCounts } from './retention.ts'
import { openEventSums } from './rollup-folding.ts'
import { listRollupSources, openRollupState, sumRollups } from './rollups.ts'
import { openRunList } from './run-list.ts'
import { openRunCounts, openRunEvents, openRunFinder } from './run-reads.ts'
import { loadState } from './saved-states.ts'
import { loadTrust } from './trust.ts'
import { loadUnits } from './units.ts'

/** What the connection beside the writer offers. It never waits for the writer, nor the writer for it. */
export function readerOperations(database: SqliteDriver) {
  return {
    /** Answers once everything here is prepared, which reads the schema. */
    ready: () => true,
    observationsAfter: openObservations(database),
    eventsAfter: openStoredEvents(database),
    countPrunable: openPrunableCounts(database),
    countEvents: () => Number(database.prepare('SELECT count(*) AS n FROM events').get()?.['n']),
    loadUnits: () => loadUnits(database),
    loadTrust: () => loadTrust(database),
    deletionsAfter: (deletionNo: number) => deletionsAfter(database, deletionNo),
    loadState: (name: StateName, newerThanRevision?: number) => loadState(database, name, newerThanRevision),
    listInstances: () => listInstances(database),
    findInstance: (instanceId: string) => findInstance(database, instanceId),
    listKeys: (instanceId: string) => listKeys(database, instanceId),
    keysChangedSince: (changeNo: number) => keysChangedSince(database, changeNo),
    findRun: openRunFinder(database),
    listRuns: openRunList(database),
    listRunEvents: openRunEvents(database),
    countRuns: openRunCounts(database),
    rollupState: openRollupState(database),
    sumNextEvents: openEventSums(database),
    sumRollups: (query: RollupQuery) => sumRollups(database, query),
    listRollupSources: (today: number) => listRollupSources(database, today),
    listOtlpRequests: openOtlpRequests(database),
    listOtlpSessions: openOtlpSessionList(database),
    openOtlpSessions: openOtlpOpenSessions(database),
    otlpSessionWork: openOtlpWork(database),
    copyLog: () => copyLog(database),
    pragmas: () => ({
      journalMode: String(database.prepare('PRAGMA journal_mode').get()?.['journal_mode']),
      synchronous:
        SYNCHRONOUS[Number(database.prepare('PRAGMA synchronous').get()?.['synchronous'])] ?? 'UNKNOWN',
    }),
    close: () => database.close(),
  }
}

const SYNCHRONOUS = ['OFF', 'NORMAL', 'FULL', 'EXTRA']

export type ReaderOperations = ReturnType<typeof readerOperations>
