import { complexityCodes, outcomeCodes, providerCodes, taskTypeCodes } from '../enum-codes.ts'
import { EVENT_STRIDE, eventColumns, wordColumns } from '../event-columns.ts'
import { AppendedRow, type AppendedRows, type PositionedObservation } from '../store.ts'
import { selectStoredEvents, type StoredEvent, toStoredEvent } from '../stored-event.ts'
import { UUID_BYTES } from '../uuid-bytes.ts'
import type { SqliteDriver, SqliteRow, SqliteValue } from './driver.ts'
import { type PackedRows, rowsIn, unpackRows } from './packed-rows.ts'
import type { Words } from './words.ts'

const COLUMNS = ['position', 'instance_no', 'event_id', ...eventColumns.map((column) => column.name)]

/** Writes events, inside the caller's transaction. */
export interface EventAppender {
  /** @returns what became of the rows of all requests, one after the other. */
  append(group: PackedRows): AppendedRows
  /** Position of the newest stored event. */
  readonly position: number
  /** Takes positions back that a rolled-back transaction has given out. */
  reset(): void
}

/**
 * One `run` per row: its change count is the answer accepted or repeated, and nothing that SQLite offers is faster.
 * Positions are given here rather than by SQLite, which would give the newest event's position again once that event
 * is deleted, and a projection that had read it would miss its successor.
 */
export function openEventAppender(database: SqliteDriver, words: Words): EventAppender {
  const insert = database.prepare(
    `INSERT INTO events (${COLUMNS.join(', ')}) VALUES (${COLUMNS.map(() => '?').join(', ')}) ON CONFLICT (instance_no, event_id) DO NOTHING`,
  )
  const newest = database.prepare(
    `SELECT max((SELECT coalesce(max(position), 0) FROM events), (SELECT coalesce(max(position), 0) FROM projections)) AS position`,
  )
  const instance = database.prepare('SELECT 1 FROM instances WHERE instance_no = ?')
  const anyPruned = database.prepare('SELECT 1 FROM pruned_events LIMIT 1')
  const pruned = database.prepare('SELECT 1 FROM pruned_events WHERE instance_no = ? AND event_id = ?')
  const readNewest = () => Number(newest.get()?.['position'])
  let position = readNewest()

  return {
    get position() {
      return position
    },
    reset() {
      position = readNewest()
    },
    append(group) {
      const bindRow = rowBinder(group, words)
      const appended = new Uint8Array(rowsIn(group.requests))
      // Asked for each group, since another process may prune; where nobody has, a row costs no look more.
      const arePruned = anyPruned.get() !== undefined
      let row = 0
      for (const { instanceNo, count } of group.requests) {
        const end = row + count
        // By whichever process: its numbers in this one's memory outlive it for a moment.
        const isDeleted = instance.get(instanceNo) === undefined
        for (; row < end; row++) {
          if (isDeleted) {
            appended[row] = AppendedRow.INSTANCE_DELETED
            continue
          }
          const params = bindRow(row, position + 1, instanceNo)
          if (arePruned && pruned.get(instanceNo, params[2] as Uint8Array) !== undefined) continue
          if (insert.run(...params) === 1) {
            appended[row] = AppendedRow.STORED
            position++
          }
        }
      }
      return appended
    },
  }
}

/** Puts a row's parameters into one array that is used again and again; every call of it is bound at once. */
function rowBinder(group: PackedRows, words: Words) {
  const { values, eventIds } = unpackRows(group)
  const wordNos = group.texts.map((text) => words.numberOf(text))
  const id = new Uint8Array(UUID_BYTES)
  const params: SqliteValue[] = COLUMNS.map(() => null)

  return (row: number, position: number, instanceNo: number): readonly SqliteValue[] => {
    for (let byte = 0; byte < UUID_BYTES; byte++) id[byte] = eventIds[row * UUID_BYTES + byte] as number
    params[0] = position
    params[1] = instanceNo
    params[2] = id
    for (let column = 0; column < EVENT_STRIDE; column++) {
      params[column + 3] = nullForNaN(values[row * EVENT_STRIDE + column] as number)
    }
    for (const column of wordColumns) {
      params[column + 3] = wordNos[values[row * EVENT_STRIDE + column] as number] ?? null
    }
    return params
  }
}

function nullForNaN(value: number): number | null {
  return Number.isNaN(value) ? null : value
}

/** Reads events as predictions see them, in order of position. */
export function openObservations(
  database: SqliteDriver,
): (position: number, limit: number) => readonly PositionedObservation[] {
  const select = database.prepare(`
    SELECT position, instance_id, received_at_ms, task_type, model.word AS model, provider, complexity,
           actual_input_tokens, actual_output_tokens, actual_cost_usd_micros, task_duration_ms,
           estimated_input_tokens, estimated_output_tokens, outcome, quality_gate_passed, quality_gates_run
      FROM events
      JOIN instances USING (instance_no)
      JOIN words AS model ON model.word_no = events.model
     WHERE position > ?
     ORDER BY position
     LIMIT ?`)
  return (position, limit) => select.all(position, limit).map(toObservation)
}

/** Reads events as they came, in order of position. */
export function openStoredEvents(
  database: SqliteDriver,
): (position: number, limit: number) => readonly StoredEvent[] {
  const page = 'SELECT * FROM events WHERE position > ? ORDER BY position LIMIT ?'
  const select = database.prepare(selectStoredEvents('lower(hex(event_id))', page))
  return (position, limit) => select.all(position, limit).map(toStoredEvent)
}

const SUCCESS = outcomeCodes.encode('success')

function toObservation(row: SqliteRow): PositionedObservation {
  return {
    position: Number(row['position']),
    instanceId: String(row['instance_id']),
    receivedAtMs: Number(row['received_at_ms']),
    taskType: taskTypeCodes.decode(Number(row['task_type'])),
    model: String(row['model']),
    provider: providerCodes.decode(Number(row['provider'])),
    complexity: complexityCodes.decode(Number(row['complexity'])),
    inputTokens: Number(row['actual_input_tokens']),
    outputTokens: Number(row['actual_output_tokens']),
    costUsdMicros: Number(row['actual_cost_usd_micros']),
    durationMs: Number(row['task_duration_ms']),
    estimatedInputTokens: Number(row['estimated_input_tokens']),
    estimatedOutputTokens: Number(row['estimated_output_tokens']),
    succeeded: row['outcome'] === SUCCESS,
    gatesPassed: row['quality_gate_passed'] === 1,
    gatesListed: row['quality_gates_run'] !== 0,
  }
}
