import {
  addEvents,
  CLEAR_ROLLUPS,
  compareWithEvents,
  type EventsChosen,
  ROLLUPS,
  subtractEvents,
  whole,
} from '../rollup-statements.ts'
import { rollupQuery, sourcesQuery, stateQuery } from '../rollup-query.ts'
import type {
  FoldedEvents,
  RollupComparison,
  RollupQuery,
  RollupRow,
  RollupSource,
  RollupState,
} from '../rollup-store.ts'
import type { Database, Session, SqlRow, SqlValue } from './session.ts'
import type { SettledPositions } from './settled-positions.ts'

const SELECT_POSITION = `SELECT position FROM projections WHERE name = '${ROLLUPS}'`

/**
 * Adds the next settled events and moves the position, in one transaction that holds the row of the projection: any
 * process may do it, and one at a time does.
 */
export async function foldRollups(
  database: Database,
  positions: SettledPositions,
  maxEvents: number,
): Promise<FoldedEvents> {
  // Asked before the transaction, which would be among those whose end is waited for.
  const settled = await positions.newest()
  const startedMs = performance.now()
  const events = await database.transaction(async (session) => {
    const held = await session.get(`${SELECT_POSITION} FOR UPDATE SKIP LOCKED`)
    if (held === undefined) return 0
    const position = Number(held['position'])
    const chosen = await session.get(
      `SELECT count(*) AS events, max(position) AS position
         FROM (SELECT position FROM events WHERE position > $1 AND position <= $2 ORDER BY position LIMIT $3) AS next`,
      [position, settled, maxEvents],
    )
    const chosenEvents = Number(chosen?.['events'])
    if (chosenEvents === 0) return 0
    const upTo = Number(chosen?.['position'])
    for (const sql of addEvents(`events WHERE position > ${whole(position)} AND position <= ${whole(upTo)}`))
      await session.run(sql)
    await movePosition(session, upTo)
    return chosenEvents
  })
  return { events, workMs: performance.now() - startedMs }
}

/** Keeps the rollups as they are until the end of the caller's transaction. @returns their position. */
export async function holdRollups(session: Session): Promise<number> {
  return Number((await session.get(`${SELECT_POSITION} FOR UPDATE`))?.['position'])
}

/** Takes events out of held rollups that are about to be deleted, inside the caller's transaction. */
export async function uncountEvents(
  session: Session,
  events: EventsChosen,
  params: readonly SqlValue[] = [],
): Promise<void> {
  const { change, tidy } = subtractEvents(events)
  for (const sql of change) await session.run(sql, params)
  for (const sql of tidy) await session.run(sql)
}

export function clearRollups(database: Database): Promise<void> {
  return database.transaction(async (session) => {
    await holdRollups(session)
    for (const sql of CLEAR_ROLLUPS) await session.run(sql)
    await movePosition(session, 0)
  })
}

export async function compareRollups(session: Session): Promise<RollupComparison> {
  const position = Number((await session.get(SELECT_POSITION))?.['position'])
  const row = await session.get(compareWithEvents(position))
  return { position, rows: Number(row?.['row_count']), differences: Number(row?.['differences']) }
}

export async function rollupState(database: Session): Promise<RollupState> {
  const row = await database.get(stateQuery(ROLLUPS))
  const newest = row?.['newest_ms'] ?? null
  return {
    position: Number(row?.['position']),
    newestReceivedAtMs: newest === null ? null : Number(newest),
    pendingEvents: Number(row?.['pending']),
  }
}

export async function sumRollups(database: Session, query: RollupQuery): Promise<readonly RollupRow[]> {
  return (await database.all(rollupQuery(query))) as readonly RollupRow[]
}

export async function listRollupSources(database: Session, today: number): Promise<readonly RollupSource[]> {
  return (await database.all(sourcesQuery(today))).map(toRollupSource)
}

async function movePosition(session: Session, position: number): Promise<void> {
  await session.run(`UPDATE projections SET position = $1, version = version + 1 WHERE name = '${ROLLUPS}'`, [
    position,
  ])
}

function toRollupSource(row: SqlRow): RollupSource {
  const { instance_id: instanceId, name, harness, last_day: lastDay } = row
  return {
    instanceId: String(instanceId),
    name: name as string | null,
    harness: harness as number | null,
    lastDay: lastDay as number | null,
    eventsToday: Number(row['today']),
    events7d: Number(row['week']),
    events30d: Number(row['month']),
    eventsTotal: Number(row['total']),
  }
}
