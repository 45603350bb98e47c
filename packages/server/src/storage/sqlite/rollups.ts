import {
  CLEAR_ROLLUPS,
  compareWithEvents,
  type EventsChosen,
  ROLLUPS,
  subtractEvents,
  whole,
} from '../rollup-statements.ts'
import { rollupQuery, sourcesQuery, stateQuery } from '../rollup-query.ts'
import type { RollupComparison, RollupQuery, RollupRow, RollupSource, RollupState } from '../rollup-store.ts'
import type { SqliteDriver, SqliteRow } from './driver.ts'
import { transaction } from './transaction.ts'

/** Takes events out of the rollups that are about to be deleted, inside the caller's transaction. */
export function uncountEvents(database: SqliteDriver, condition: string): void {
  const folded: EventsChosen = `events WHERE position <= ${whole(rolledUpTo(database))} AND ${condition}`
  const { change, tidy } = subtractEvents(folded)
  for (const sql of [...change, ...tidy]) database.exec(sql)
}

export function clearRollups(database: SqliteDriver): void {
  transaction(database, () => {
    for (const sql of CLEAR_ROLLUPS) database.exec(sql)
    database.exec(`UPDATE projections SET position = 0 WHERE name = '${ROLLUPS}'`)
  })
}

export function compareRollups(database: SqliteDriver): RollupComparison {
  const position = rolledUpTo(database)
  const row = database.prepare(compareWithEvents(position)).get()
  return { position, rows: Number(row?.['row_count']), differences: Number(row?.['differences']) }
}

export function openRollupState(database: SqliteDriver): () => RollupState {
  const select = database.prepare(stateQuery(ROLLUPS))
  return () => toRollupState(select.get())
}

export function sumRollups(database: SqliteDriver, query: RollupQuery): readonly RollupRow[] {
  return database.prepare(rollupQuery(query)).all() as readonly RollupRow[]
}

export function listRollupSources(database: SqliteDriver, today: number): readonly RollupSource[] {
  return database.prepare(sourcesQuery(today)).all().map(toRollupSource)
}

export function rolledUpTo(database: SqliteDriver): number {
  return Number(
    database.prepare(`SELECT position FROM projections WHERE name = '${ROLLUPS}'`).get()?.['position'],
  )
}

function toRollupState(row: SqliteRow | undefined): RollupState {
  const newest = row?.['newest_ms'] ?? null
  return {
    position: Number(row?.['position']),
    newestReceivedAtMs: newest === null ? null : Number(newest),
    pendingEvents: Number(row?.['pending']),
  }
}

function toRollupSource(row: SqliteRow): RollupSource {
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
