import { type RunFieldRule, runFields } from '@mosaicstack/telemetry-client/protocol'

import { changeAssignments, mergeAssignments, runDefaults } from '../run-merging.ts'
import { runColumns } from '../run-rows.ts'
import type { RunWrite, RunWriteResult } from '../run-store.ts'
import { type CountedRun, countRuns } from './run-counts.ts'
import type { Session } from './session.ts'

type Write<Kind extends RunWrite['kind']> = Extract<RunWrite, { kind: Kind }>

/**
 * Carries out writes in their order, inside the caller's transaction. Neighbours of one kind that concern different runs
 * go in one statement, for a round trip costs more than the write.
 */
export async function writeRuns(
  session: Session,
  writes: readonly RunWrite[],
): Promise<readonly RunWriteResult[]> {
  const created: CountedRun[] = []
  const results: RunWriteResult[] = []
  for (const stretch of stretchesOf(writes)) results.push(...(await writeStretch(session, stretch, created)))
  await countRuns(session, created)
  return results
}

function writeStretch(
  session: Session,
  stretch: readonly RunWrite[],
  created: CountedRun[],
): Promise<readonly RunWriteResult[]> {
  switch (stretch[0]?.kind) {
    case 'create':
      return createRuns(session, stretch as readonly Write<'create'>[], created)
    case 'change':
      return changeRuns(session, stretch as readonly Write<'change'>[])
    case 'timeline':
      return appendTimelines(session, stretch as readonly Write<'timeline'>[])
    default:
      return expireRuns(session, stretch as readonly Write<'expire'>[])
  }
}

const eventIdColumn = runColumns.indexOf('event_id')
const agentColumn = runColumns.indexOf('agent_name')
const jobColumn = runColumns.indexOf('job_type')

function eventIdOf(write: RunWrite): string | undefined {
  if (write.kind === 'expire') return undefined // concerns any run, so it stands alone
  return write.kind === 'create' ? String(write.values[eventIdColumn]) : write.eventId
}

function stretchesOf(writes: readonly RunWrite[]): readonly (readonly RunWrite[])[] {
  const stretches: RunWrite[][] = []
  const concerned = new Set<string>()
  for (const write of writes) {
    const eventId = eventIdOf(write)
    const current = stretches.at(-1)
    if (current?.[0]?.kind === write.kind && eventId !== undefined && !concerned.has(eventId)) {
      current.push(write)
    } else {
      stretches.push([write])
      concerned.clear()
    }
    if (eventId !== undefined) concerned.add(eventId)
  }
  return stretches
}

const rules = Object.entries(runFields) as [string, RunFieldRule][]
const TYPES: Readonly<Record<string, string>> = { count: 'bigint', flag: 'bigint' }
const FIELD_TYPES = rules.map(([name, { kind }]) => `${name} ${TYPES[kind] ?? 'text'}`).join(', ')

const COLUMNS = [...runColumns, 'created_at_us', 'start_time_us', 'updated_at_us'].join(', ')
/** In the order of arrival, which is that of their numbers. */
const INSERT = `
  INSERT INTO runs (${COLUMNS})
  SELECT ${COLUMNS}
    FROM json_to_recordset($1) AS input (${FIELD_TYPES}, created_at_us bigint, start_time_us bigint, updated_at_us bigint, place bigint)
   ORDER BY place
  ON CONFLICT (event_id)`
const CREATE = { name: 'create runs', text: `${INSERT} DO NOTHING RETURNING event_id` }
const MERGE = {
  name: 'merge runs',
  text: `${INSERT} DO UPDATE SET
    ${mergeAssignments()},
    updated_at_us = greatest(runs.updated_at_us, excluded.updated_at_us)`,
}

async function createRuns(
  session: Session,
  writes: readonly Write<'create'>[],
  created: CountedRun[],
): Promise<readonly RunWriteResult[]> {
  const stored = new Set(
    (await session.all(CREATE, [createInput(writes)])).map((row) => String(row['event_id'])),
  )
  const isNew = ({ values }: Write<'create'>) => stored.has(String(values[eventIdColumn]))
  for (const { values } of writes.filter(isNew)) {
    created.push({ agentName: String(values[agentColumn]), jobType: String(values[jobColumn]) })
  }
  const merged = writes.filter((write) => !isNew(write) && write.onRepeat === 'merge')
  if (merged.length > 0) await session.run(MERGE, [createInput(merged)])
  return writes.map((write) => ({ kind: isNew(write) ? 'created' : 'repeated' }))
}

function createInput(writes: readonly Write<'create'>[]): string {
  return JSON.stringify(
    writes.map(({ values, createdAtUs, startTimeUs, updatedAtUs }, place) => ({
      ...fieldsOf(values.map((value, index) => value ?? runDefaults[index] ?? null)),
      created_at_us: createdAtUs,
      start_time_us: startTimeUs,
      updated_at_us: updatedAtUs,
      place,
    })),
  )
}

const CHANGE = {
  name: 'change runs',
  text: `UPDATE runs SET
    ${changeAssignments()},
    updated_at_us = change.updated_at_us
    FROM json_to_recordset($1) AS change (${FIELD_TYPES}, is_commit boolean, updated_at_us bigint)
    WHERE runs.event_id = change.event_id
    RETURNING runs.event_id`,
}

async function changeRuns(
  session: Session,
  writes: readonly Write<'change'>[],
): Promise<readonly RunWriteResult[]> {
  const input = writes.map(({ eventId, values, isCommit, updatedAtUs }) => ({
    ...fieldsOf(values),
    event_id: eventId,
    is_commit: isCommit,
    updated_at_us: updatedAtUs,
  }))
  const rows = await session.all(CHANGE, [JSON.stringify(input)])
  return resultsOf(writes, new Set(rows.map((row) => String(row['event_id']))))
}

const TOUCH = `
  UPDATE runs SET updated_at_us = touched.updated_at_us
    FROM unnest($1::text[], $2::bigint[]) AS touched (event_id, updated_at_us)
   WHERE runs.event_id = touched.event_id
   RETURNING runs.event_id`
const APPEND = `
  INSERT INTO run_events (run_no, event_id, event_type, timestamp, timestamp_us, payload)
  SELECT run_no, input.event_id, event_type, timestamp, timestamp_us, payload
    FROM json_to_recordset($1) AS input
         (run text, event_id text, event_type text, timestamp text, timestamp_us bigint, payload text, place bigint)
    JOIN runs ON runs.event_id = input.run
   ORDER BY place
  ON CONFLICT (run_no, event_id) DO NOTHING`

async function appendTimelines(
  session: Session,
  writes: readonly Write<'timeline'>[],
): Promise<readonly RunWriteResult[]> {
  const rows = await session.all(TOUCH, [
    writes.map(({ eventId }) => eventId),
    writes.map(({ updatedAtUs }) => updatedAtUs),
  ])
  let place = 0
  const events = writes.flatMap(({ eventId: run, events: ofRun }) =>
    ofRun.map(({ eventId, eventType, timestamp, timestampUs, payload }) => ({
      run,
      event_id: eventId,
      event_type: eventType,
      timestamp,
      timestamp_us: timestampUs,
      payload,
      place: place++,
    })),
  )
  await session.run(APPEND, [JSON.stringify(events)])
  return resultsOf(writes, new Set(rows.map((row) => String(row['event_id']))))
}

async function expireRuns(
  session: Session,
  writes: readonly Write<'expire'>[],
): Promise<readonly RunWriteResult[]> {
  const results: RunWriteResult[] = []
  for (const { endTime, errorSummary, updatedAtUs, silentSinceUs } of writes) {
    const runs = await session.run(
      `UPDATE runs SET status = 'timeout', presumed_end_time = $1, presumed_error = $2, updated_at_us = $3
        WHERE status = 'running' AND updated_at_us < $4`,
      [endTime, errorSummary, updatedAtUs, silentSinceUs],
    )
    results.push({ kind: 'expired', runs })
  }
  return results
}

function fieldsOf(values: readonly unknown[]): Record<string, unknown> {
  return Object.fromEntries(runColumns.map((name, index) => [name, values[index]]))
}

function resultsOf(
  writes: readonly { readonly eventId: string }[],
  known: ReadonlySet<string>,
): readonly RunWriteResult[] {
  return writes.map(({ eventId }) => ({ kind: known.has(eventId) ? 'changed' : 'unknown_run' }))
}
