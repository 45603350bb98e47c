import type { EventRows } from '../event-rows.ts'
import { AppendedRow, type AppendedRows } from '../store.ts'
import { selectStoredEvents, type StoredEvent, toStoredEvent } from '../stored-event.ts'
import { UUID_BYTES } from '../uuid-bytes.ts'
import { integerArray } from './binary-array.ts'
import type { SessionSettings } from './connecting.ts'
import { eventArrays, INPUT_ARRAYS } from './event-arrays.ts'
import { type GroupOrder, orderByKey } from './group-order.ts'
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
const COUNT = `$${INPUT_ARRAYS.length + 1}::integer`
const SENDERS = `$${INPUT_ARRAYS.length + 2}::integer[]`

/**
 * Stores a group in one statement. Arrays of each column are as fast as one JSON document and half its size; both are
 * faster than rows of values, and than one array of all numbers that is picked apart by index.
 *
 * Rows go in by key, because two transactions that insert the same keys in different orders wait for each other. They
 * come in that order, and nothing here changes it: `IS TRUE` keeps the look at the senders a filter, where a join
 * would be free to turn the order round, and sorting once more would take a tenth of the statement.
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
    WITH sender AS MATERIALIZED (
      SELECT instance_no FROM instances WHERE instance_no = ANY (${SENDERS}) ORDER BY instance_no FOR KEY SHARE
    ), stored AS (
      INSERT INTO events (${COLUMNS})
      SELECT ${COLUMNS}
        FROM unnest(${INPUT_ARRAYS.map(({ type }, index) => `$${index + 1}::${type}[]`).join(', ')}) AS input (${COLUMNS})
       WHERE (instance_no IN (SELECT instance_no FROM sender)) IS TRUE
         AND CASE WHEN (SELECT EXISTS (SELECT 1 FROM pruned_events)) THEN
               (SELECT true FROM pruned_events AS pruned
                 WHERE pruned.instance_no = input.instance_no AND pruned.event_id = input.event_id) IS NULL
             ELSE true END
      ON CONFLICT (instance_no, event_id) DO NOTHING
      RETURNING position, instance_no, event_id
    )
    SELECT count(*) AS stored, max(position) AS position,
           CASE WHEN count(*) < ${COUNT} THEN
             array_agg(instance_no || '/' || replace(event_id::text, '-', '')) END AS keys,
           CASE WHEN count(*) < ${COUNT} THEN (SELECT array_agg(instance_no) FROM sender) END AS senders
      FROM stored`,
}

/**
 * For the connections that store. One row and a thousand are stored by the same plan, and to make one takes as long as
 * storing ten rows; left to itself, PostgreSQL makes one for each small group.
 */
export const APPEND_SETTINGS: SessionSettings = { plan_cache_mode: 'force_generic_plan' }

export function openEventAppender(
  database: Session,
  words: Words,
): (requests: readonly EventRows[]) => Promise<AppendedGroup> {
  return async (requests) => {
    const order = orderByKey(requests)
    const arrays = await eventArrays(requests, order, words)
    const params = [...arrays, order.count, sendersOf(requests)]
    const row = await retrying(() => database.get(APPEND, params))

    const appended = appendedRows(requests, order, row)
    const position = row?.['position'] ?? (await positionOf(database, arrays))
    return { requests: appended, position: Number(position) }
  }
}

function sendersOf(requests: readonly EventRows[]): Buffer {
  return integerArray(Uint32Array.from(new Set(requests.map(({ instanceNo }) => instanceNo))).sort())
}

function appendedRows(
  requests: readonly EventRows[],
  { count, requests: requestOf, rows: rowOf }: GroupOrder,
  row: SqlRow | undefined,
): readonly AppendedRows[] {
  const areAllStored = row?.['stored'] === count
  const stored = new Set(row?.['keys'] as readonly string[] | null)
  const senders = new Set(row?.['senders'] as readonly number[] | null)
  const appended = requests.map((rows) =>
    new Uint8Array(rows.count).fill(
      areAllStored || senders.has(rows.instanceNo) ? AppendedRow.STORED_BEFORE : AppendedRow.INSTANCE_DELETED,
    ),
  )
  for (let index = 0; index < count; index++) {
    const request = requestOf[index] as number
    const at = rowOf[index] as number
    if (!areAllStored && !stored.has(keyOf(requests[request] as EventRows, at))) continue
    ;(appended[request] as Uint8Array)[at] = AppendedRow.STORED
  }
  return appended
}

/** As the statement writes it. */
function keyOf({ instanceNo, eventIds }: EventRows, row: number): string {
  const { buffer, byteOffset } = eventIds
  return `${instanceNo}/${Buffer.from(buffer, byteOffset + row * UUID_BYTES, UUID_BYTES).toString('hex')}`
}

/** The newest position of events that are stored already. Named apart, the instances lead to their partitions alone. */
async function positionOf(database: Session, [instanceNos, eventIds]: readonly Buffer[]): Promise<number> {
  const row = await database.get(
    `SELECT max(position) AS position FROM events
       JOIN unnest($1::integer[], $2::uuid[]) AS input (instance_no, event_id) USING (instance_no, event_id)
      WHERE events.instance_no = ANY($1::integer[])`,
    [instanceNos ?? null, eventIds ?? null],
  )
  return Number(row?.['position'] ?? 0)
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
