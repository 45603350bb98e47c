import type { StoredUnit } from '../../predictions/units.ts'
import type { OtlpAppendOutcome, OtlpBatch, OtlpSettlement } from '../otlp-store.ts'
import type { RunWrite, RunWriteOutcome } from '../run-store.ts'
import type { AppendedRows, AppendOutcome, NewApiKey, NewInstance } from '../store.ts'
import type { StateName, StateToSave } from '../saved-state.ts'
import type { SqliteDriver } from './driver.ts'
import { deleteInstance } from './deletions.ts'
import { openEventAppender } from './events.ts'
import { createInstance } from './instances.ts'
import { createKey, revokeKey, touchKeys } from './keys.ts'
import { claimOtlpSession, openOtlpAppender, settleOtlp } from './otlp-writes.ts'
import type { PackedRows } from './packed-rows.ts'
import { openPruner } from './retention.ts'
import { openSumsAdder } from './rollup-folding.ts'
import { clearRollups } from './rollups.ts'
import { openRunCounter } from './run-counts.ts'
import { openRunWriter } from './run-writes.ts'
import { copyLog } from './log-copying.ts'
import { saveState } from './saved-states.ts'
import { transaction } from './transaction.ts'
import { saveTrust } from './trust.ts'
import { openUnitSaver } from './units.ts'
import { openWords } from './words.ts'

/** `AppendOutcome`, before what became of the rows is split by request. */
type PackedAppendOutcome =
  | { readonly kind: 'stored'; readonly appended: AppendedRows; readonly position: number }
  | Extract<AppendOutcome, { kind: 'unavailable' }>

/** What the one connection that writes offers. Every call is one transaction. */
export function writerOperations(database: SqliteDriver) {
  const words = openWords(database)
  const events = openEventAppender(database, words)
  const unitSaver = openUnitSaver(database, words)
  const runCounter = openRunCounter(database)
  const writeRun = openRunWriter(database, runCounter)
  const appendOtlp = openOtlpAppender(database)
  /** Handed over, and not saved yet. */
  let handedOver: StoredUnit[] = []

  /** What a rolled-back transaction handed out must not be handed out as if it were stored. */
  const forgetUnstored = () => {
    words.forget()
    events.reset()
  }

  const orForget = (work: () => void) => {
    try {
      work()
    } catch (error) {
      forgetUnstored()
      throw error
    }
  }

  return {
    /** Answers once everything here is prepared, which reads the schema. */
    ready: () => true,
    appendEvents(group: PackedRows): PackedAppendOutcome {
      try {
        const appended = transaction(database, () => events.append(group))
        return { kind: 'stored', appended, position: events.position }
      } catch (error) {
        forgetUnstored()
        return { kind: 'unavailable', cause: messageOf(error) }
      }
    },
    /** Takes the requests as JSON: reading it costs 1.5 µs a run, receiving it as objects 3.9. */
    writeRuns(json: string): RunWriteOutcome {
      try {
        const requests = JSON.parse(json) as readonly (readonly RunWrite[])[]
        const results = transaction(database, () => {
          const written = requests.map((writes) => writes.map(writeRun))
          runCounter.save()
          return written
        })
        return { kind: 'stored', requests: results }
      } catch (error) {
        runCounter.forget()
        return { kind: 'unavailable', cause: messageOf(error) }
      }
    },
    /** Takes the batches as JSON, as runs are taken. */
    appendOtlp(json: string): OtlpAppendOutcome {
      try {
        const batches = JSON.parse(json) as readonly OtlpBatch[]
        return { kind: 'stored', requests: transaction(database, () => batches.map(appendOtlp)) }
      } catch (error) {
        return { kind: 'unavailable', cause: messageOf(error) }
      }
    },
    claimOtlpSession: (session: { instanceNo: number; sessionId: string }, untilMs: number) =>
      claimOtlpSession(database, session, untilMs),
    pruneSome: openPruner(database),
    settleOtlp: (settlement: OtlpSettlement) => settleOtlp(database, settlement),
    /** Takes units for the next `saveUnits`; `from` of them are here already. */
    handOverUnits(units: readonly StoredUnit[], from: number): void {
      handedOver.length = from
      for (const unit of units) handedOver.push(unit)
    },
    saveUnits(position: number): void {
      const units = handedOver
      handedOver = []
      orForget(() => unitSaver.save(units, position))
    },
    replaceUnits: (units: readonly StoredUnit[], position: number) =>
      orForget(() => unitSaver.replace(units, position)),
    addEventSums: openSumsAdder(database),
    clearRollups: () => clearRollups(database),
    saveTrust: (trust: ReadonlyMap<string, number>) => saveTrust(database, trust),
    deleteInstance: (instanceId: string, deletedAtMs: number) =>
      deleteInstance(database, instanceId, deletedAtMs),
    saveState: (name: StateName, state: StateToSave) => saveState(database, name, state),
    createInstance: (instance: NewInstance) => createInstance(database, instance),
    createKey: (key: NewApiKey) => createKey(database, key),
    revokeKey: (keyId: string, revokedAtMs: number) => revokeKey(database, keyId, revokedAtMs),
    touchKeys: (lastUsedAtMs: ReadonlyMap<string, number>) => touchKeys(database, lastUsedAtMs),
    copyLog: () => copyLog(database),
    close(): void {
      // Folds the write-ahead log into the file, so that a stopped server leaves one file behind.
      database.exec('PRAGMA wal_checkpoint(TRUNCATE)')
      database.close()
    },
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}

export type WriterOperations = ReturnType<typeof writerOperations>
