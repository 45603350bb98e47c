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
import type { RollupComparison, RollupQuery, RollupRow, RollupSource, RollupState } from '../rollup-store.ts'
import type { SqliteDriver, SqliteRow } from './driver.ts'
import { transaction } from './transaction.ts'

/** Adds the next events and moves the position, in one transaction. */
export function openRollupFolder(database: SqliteDriver): (maxEvents: number) => { readonly events: number } {
  const choose = database.prepare(
    `SELECT count(*) AS events, max(position) AS position
       FROM (SELECT position FROM events WHERE position > ? ORDER BY position LIMIT ?)`,
  )
  const move = database.prepare(`UPDATE projections SET position = ? WHERE name = '${ROLLUPS}'`)
  return (maxEvents) => {
    // Outside a transaction first: most looks find nothing, and a write transaction waits for its turn.
    if (choose.get(rolledUpTo(database), 1)?.['events'] === 0) return { events: 0 }
    return transaction(database, () => {
      const position = rolledUpTo(database)
      const chosen = choose.get(position, maxEvents)
      const events = Number(chosen?.['events'])
      if (events === 0) return { events }
      const upTo = Number(chosen?.['position'])
      for (const sql of addEvents(
        `events WHERE position > ${whole(position)} AND position <= ${whole(upTo)}`,
      ))
        database.exec(sql)
      move.run(upTo)
      return { events }
    })
  }
}

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

function rolledUpTo(database: SqliteDriver): number {
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
