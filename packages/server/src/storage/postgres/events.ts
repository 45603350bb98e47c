import { complexityCodes, outcomeCodes, providerCodes, taskTypeCodes } from '../enum-codes.ts'
import type { EventRows } from '../event-rows.ts'
import { AppendedRow, type AppendedRows, type PositionedObservation } from '../store.ts'
import { selectStoredEvents, type StoredEvent, toStoredEvent } from '../stored-event.ts'
import { eventArrays, INPUT_ARRAYS, keysOf, type SortedRow, sortedRows } from './event-arrays.ts'
import { retrying } from './retrying.ts'
import type { Session, SqlRow } from './session.ts'
import type { SettledPositions } from './settled-positions.ts'
import type { Words } from './words.ts'

/** What became of the rows of a group. */
export interface AppendedGroup {
  readonly requests: readonly AppendedRows[]
  readonly position: number
}

const COLUMNS = INPUT_ARRAYS.map(({ name }) => name).join(', ')

/**
 * Stores a group in one statement. Arrays of each column are as fast as one JSON document and half its size; both are
 * faster than rows of values. Rows go in by key, on both sides of the wire, because two transactions that insert the
 * same keys in different orders wait for each other.
 *
 * The instances are locked against their deletion until the commit. Of one that is deleted, nothing is stored. Keys come
 * back only where not all rows were stored, which is when somebody has to know.
 *
 * Whether an event was pruned is asked row by row, through the index, and only where anything was pruned at all: a join
 * would be planned with the table's size of another day.
 */
const APPEND = {
  name: 'append events',
  text: `
    WITH input AS (
      SELECT * FROM unnest(${INPUT_ARRAYS.map(({ type }, index) => `$${index + 1}::${type}[]`).join(', ')}) AS input (${COLUMNS})
    ), sender AS MATERIALIZED (
      SELECT instance_no FROM instances WHERE instance_no IN (SELECT instance_no FROM input)
       ORDER BY instance_no FOR KEY SHARE
    ), stored AS (
      INSERT INTO events (${COLUMNS})
      SELECT ${COLUMNS} FROM input JOIN sender USING (instance_no)
       WHERE CASE WHEN (SELECT EXISTS (SELECT 1 FROM pruned_events)) THEN
               (SELECT true FROM pruned_events AS pruned
                 WHERE pruned.instance_no = input.instance_no AND pruned.event_id = input.event_id) IS NULL
             ELSE true END
       ORDER BY instance_no, event_id
      ON CONFLICT (instance_no, event_id) DO NOTHING
      RETURNING position, instance_no, event_id
    )
    SELECT count(*) AS stored, max(position) AS position,
           CASE WHEN count(*) < $${INPUT_ARRAYS.length + 1} THEN
             array_agg(instance_no || '/' || replace(event_id::text, '-', '')) END AS keys,
           CASE WHEN count(*) < $${INPUT_ARRAYS.length + 1} THEN
             (SELECT array_agg(instance_no) FROM sender) END AS senders
      FROM stored`,
}

export function openEventAppender(
  database: Session,
  words: Words,
): (requests: readonly EventRows[]) => Promise<AppendedGroup> {
  return async (requests) => {
    const sorted = sortedRows(requests)
    const arrays = await eventArrays(sorted, words)
    const row = await retrying(() => database.get(APPEND, [...arrays, sorted.length]))

    const appended = appendedRows(requests, sorted, row)
    const position = row?.['position'] ?? (await positionOf(database, keysOf(sorted)))
    return { requests: appended, position: Number(position) }
  }
}

function appendedRows(
  requests: readonly EventRows[],
  sorted: readonly SortedRow[],
  row: SqlRow | undefined,
): readonly AppendedRows[] {
  const areAllStored = row?.['stored'] === sorted.length
  const stored = new Set(row?.['keys'] as readonly string[] | null)
  const senders = new Set(row?.['senders'] as readonly number[] | null)
  const appended = requests.map(({ count, instanceNo }) =>
    new Uint8Array(count).fill(
      areAllStored || senders.has(instanceNo) ? AppendedRow.STORED_BEFORE : AppendedRow.INSTANCE_DELETED,
    ),
  )
  for (const { key, request, row: index } of sorted) {
    const flags = appended[request]
    if (flags !== undefined && (areAllStored || stored.has(key))) flags[index] = AppendedRow.STORED
  }
  return appended
}

/** The newest position of events that are stored already. Named apart, the instances lead to their partitions alone. */
async function positionOf(database: Session, keys: ReturnType<typeof keysOf>): Promise<number> {
  const row = await database.get(
    `SELECT max(position) AS position FROM events
       JOIN unnest($1::integer[], $2::uuid[]) AS input (instance_no, event_id) USING (instance_no, event_id)
      WHERE events.instance_no = ANY($1::integer[])`,
    [keys.instanceNos, keys.eventIds],
  )
  return Number(row?.['position'] ?? 0)
}

/** Reads settled events as predictions see them, in order of position. */
export function openObservations(
  database: Session,
  positions: SettledPositions,
): (position: number, limit: number) => Promise<readonly PositionedObservation[]> {
  return async (position, limit) => {
    const settled = await positions.newest()
    if (settled <= position) return []
    const rows = await database.all(SELECT_OBSERVATIONS, [position, settled, limit])
    return rows.map(toObservation)
  }
}

/** Reads settled events as they came, in order of position. */
export function openStoredEvents(
  database: Session,
  positions: SettledPositions,
): (position: number, limit: number) => Promise<readonly StoredEvent[]> {
  const page = 'SELECT * FROM events WHERE position > $1 AND position <= $2 ORDER BY position LIMIT $3'
  const select = selectStoredEvents(`replace(event_id::text, '-', '')`, page)
  return async (position, limit) => {
    const rows = await database.all(select, [position, await positions.newest(), limit])
    return rows.map(toStoredEvent)
  }
}

const SELECT_OBSERVATIONS = `
  SELECT position, instance_id, received_at_ms, task_type, model.word AS model, provider, complexity,
         actual_input_tokens, actual_output_tokens, actual_cost_usd_micros, task_duration_ms,
         estimated_input_tokens, estimated_output_tokens, outcome, quality_gate_passed, quality_gates_run
    FROM (SELECT * FROM events WHERE position > $1 AND position <= $2 ORDER BY position LIMIT $3) AS events
    JOIN instances USING (instance_no)
    JOIN words AS model ON model.word_no = events.model
   ORDER BY position`

const SUCCESS = outcomeCodes.encode('success')

function toObservation(row: SqlRow): PositionedObservation {
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
