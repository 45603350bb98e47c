import { chmodSync, existsSync, statSync } from 'node:fs'
import { dirname } from 'node:path'
import type { Worker } from 'node:worker_threads'

import { makeDirectory } from '@mosaicstack/telemetry-client/make-directory'
import { ServerError } from '../../server-error.ts'
import type { Store, StoreSnapshot } from '../store.ts'
import { explainFailure } from './explain-failure.ts'
import { LogCopying } from './log-copying.ts'
import { migrate, refuseForeign } from './migrate.ts'
import { openDatabase } from './open-database.ts'
import { packRows, splitAppended } from './packed-rows.ts'
import type { ReaderOperations } from './reader-operations.ts'
import type { SnapshotOperations } from './snapshot-operations.ts'
import { rollupFolding } from './rollup-folding.ts'
import { startDatabaseThread } from './start-database-thread.ts'
import { callsTo } from './thread-calls.ts'
import { unitSaving } from './unit-saving.ts'
import type { WriterOperations } from './writer-operations.ts'

/** What takes about as long to write as a good disk takes to sync. */
const FURTHER_GROUP_EVENTS = 300

/**
 * The embedded store: one file, one thread that writes and one that reads, so that neither a commit waiting for the
 * disk nor a long query ever holds up HTTP.
 *
 * @throws ServerError where the file is damaged, out of reach, from a newer server or somebody else's.
 */
export async function openSqliteStore(file: string): Promise<Store> {
  await prepareFile(file)
  const { writer, reader, failed, close } = await openThreads(file)
  const log = await LogCopying.begin({ reader, writer }, file)
  const saveUnits = unitSaving(writer)

  return {
    engine: 'sqlite',
    // One is with the writer and one in its letter box, so that it never waits for the main thread between two.
    groupsAtOnce: 2,
    furtherGroupEvents: FURTHER_GROUP_EVENTS,
    failed,
    appendEvents: async (requests) => {
      try {
        const outcome = await writer.appendEvents(packRows(requests))
        if (outcome.kind !== 'stored') return outcome
        const { appended, position } = outcome
        log.noteEvents(appended.length)
        return { kind: 'stored', requests: splitAppended(appended, requests), position }
      } catch (error) {
        return { kind: 'unavailable', cause: String(error) }
      }
    },
    writeRuns: async (requests) => {
      try {
        return await writer.writeRuns(JSON.stringify(requests))
      } catch (error) {
        return { kind: 'unavailable', cause: String(error) }
      }
    },
    appendOtlp: async (batches) => {
      try {
        return await writer.appendOtlp(JSON.stringify(batches))
      } catch (error) {
        return { kind: 'unavailable', cause: String(error) }
      }
    },
    listOtlpRequests: reader.listOtlpRequests,
    listOtlpSessions: reader.listOtlpSessions,
    claimOtlpSession: writer.claimOtlpSession,
    openOtlpSessions: reader.openOtlpSessions,
    otlpSessionWork: reader.otlpSessionWork,
    settleOtlp: writer.settleOtlp,
    pruneSome: writer.pruneSome,
    countPrunable: reader.countPrunable,
    findRun: reader.findRun,
    listRuns: reader.listRuns,
    listRunEvents: reader.listRunEvents,
    countRuns: reader.countRuns,
    observationsAfter: reader.observationsAfter,
    eventsAfter: reader.eventsAfter,
    countEvents: reader.countEvents,
    foldRollups: rollupFolding(reader, writer),
    clearRollups: writer.clearRollups,
    rollupState: reader.rollupState,
    sumRollups: reader.sumRollups,
    listRollupSources: reader.listRollupSources,
    loadUnits: reader.loadUnits,
    saveUnits: async (units, position) => {
      await saveUnits(units, position)
      log.noteUnits(units.length)
    },
    replaceUnits: writer.replaceUnits,
    openSnapshot: () => openSnapshot(file),
    loadTrust: reader.loadTrust,
    saveTrust: writer.saveTrust,
    createInstance: writer.createInstance,
    listInstances: reader.listInstances,
    findInstance: reader.findInstance,
    loadState: reader.loadState,
    saveState: writer.saveState,
    deleteInstance: writer.deleteInstance,
    deletionsAfter: reader.deletionsAfter,
    createKey: writer.createKey,
    listKeys: reader.listKeys,
    revokeKey: writer.revokeKey,
    keysChangedSince: reader.keysChangedSince,
    touchKeys: writer.touchKeys,
    async status() {
      // The writer is not asked: it may be busy for a while, and a busy store is well.
      const pragmas = await reader.pragmas()
      return { engine: 'sqlite', path: file, sizeBytes: sizeOf(file), ...pragmas }
    },
    async close() {
      await log.end()
      await close().finally(() => log.close())
    },
  }
}

/** The two threads, once both have everything prepared. */
async function openThreads(file: string) {
  const writerThread = startDatabaseThread(file, 'writer')
  const readerThread = startDatabaseThread(file, 'reader')
  const explain = (error: Error) => explainFailure(error, file)
  const terminate = () => Promise.all([readerThread.terminate(), writerThread.terminate()])
  const writer = callsTo<WriterOperations>(writerThread, explain, {
    appendEvents: ({ block }) => [block.buffer as ArrayBuffer],
  })
  const reader = callsTo<ReaderOperations>(readerThread, explain)
  try {
    await Promise.all([writer.ready(), reader.ready()])
  } catch (error) {
    await terminate()
    throw error
  }

  return {
    writer,
    reader,
    failed: Promise.race([ended(writerThread), ended(readerThread)]).then(
      (cause) =>
        new ServerError('STORE_ENDED', 'a thread of the database has ended', {
          hint: 'Start the server again: everything that it acknowledged is stored.',
          cause,
        }),
    ),
    async close() {
      // A thread that has died rejects; the other one is closed all the same, or the process would never end.
      try {
        await reader.close()
      } finally {
        await writer.close().finally(terminate)
      }
    },
  }
}

/** Resolves when a thread has ended, with the error that has ended it if there is one. */
function ended(thread: Worker): Promise<unknown> {
  return new Promise((resolve) => thread.once('error', resolve).once('exit', resolve))
}

/** A connection of its own, in a thread of its own: it may be read for minutes. */
async function openSnapshot(file: string): Promise<StoreSnapshot> {
  const thread = startDatabaseThread(file, 'snapshot')
  const calls = callsTo<SnapshotOperations>(thread, (error) => explainFailure(error, file))
  try {
    await calls.ready()
  } catch (error) {
    await thread.terminate()
    throw error
  }
  return {
    loadUnits: calls.loadUnits,
    observationsAfter: calls.observationsAfter,
    compareRollups: calls.compareRollups,
    close: async () => {
      await calls.close().finally(() => thread.terminate())
    },
  }
}

/** Creates or upgrades the file before any thread opens it. */
async function prepareFile(file: string): Promise<void> {
  try {
    makeDirectory(dirname(file))
    const isNew = !existsSync(file)
    const database = await openDatabase(file, refuseForeign)
    try {
      migrate(database)
    } finally {
      database.close()
    }
    if (isNew) chmodSync(file, 0o600)
  } catch (cause) {
    throw explainFailure(cause, file)
  }
}

function sizeOf(file: string): number {
  return [file, `${file}-wal`].reduce((sum, part) => sum + (existsSync(part) ? statSync(part).size : 0), 0)
}
