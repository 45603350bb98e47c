import { complexityCodes, outcomeCodes, providerCodes, taskTypeCodes } from '../enum-codes.ts'
import { EVENT_STRIDE, eventColumns, type EventRows } from '../event-rows.ts'
import { AppendedRow, type AppendedRows, type PositionedObservation } from '../store.ts'
import type { SqliteDriver, SqliteRow, SqliteValue } from './driver.ts'
import type { Words } from './words.ts'

const COLUMNS = ['position', 'instance_no', 'event_id', ...eventColumns.map((column) => column.name)]

/** Writes events, inside the caller's transaction. */
export interface EventAppender {
  append(rows: EventRows): AppendedRows
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
  const readNewest = () => Number(newest.get()?.['position'])
  const isWord = eventColumns.map((column) => column.kind === 'word')
  const params: SqliteValue[] = COLUMNS.map(() => null)
  let position = readNewest()

  return {
    get position() {
      return position
    },
    reset() {
      position = readNewest()
    },
    append({ instanceNo, count, eventIds, values }) {
      const appended = new Uint8Array(count)
      // By whichever process: its numbers in this one's memory outlive it for a moment.
      if (instance.get(instanceNo) === undefined) return appended.fill(AppendedRow.INSTANCE_DELETED)
      for (let row = 0; row < count; row++) {
        params[0] = position + 1
        params[1] = instanceNo
        params[2] = eventIds.subarray(row * 16, row * 16 + 16)
        for (let column = 0; column < EVENT_STRIDE; column++) {
          const value = values[row * EVENT_STRIDE + column] ?? null
          params[column + 3] = isWord[column] && typeof value === 'string' ? words.numberOf(value) : value
        }
        if (insert.run(...params) === 1) {
          appended[row] = AppendedRow.STORED
          position++
        }
      }
      return appended
    },
  }
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
