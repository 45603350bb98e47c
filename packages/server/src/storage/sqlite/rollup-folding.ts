import { ADD_ROWS, ROLLUP_COLUMNS, ROLLUPS, rowsToAdd, SOURCE_COLUMNS } from '../rollup-statements.ts'
import type { FoldedEvents, RollupStore } from '../rollup-store.ts'
import type { SqliteDriver, SqliteStatement } from './driver.ts'
import { rolledUpTo } from './rollups.ts'
import { readTransaction, transaction } from './transaction.ts'

/**
 * Adding up events takes 4 us each, for which whoever else writes would wait. So the reader adds up the next ones, and
 * the writer adds what comes of it, a tenth as many rows, if they are still all there and still the next ones: a
 * deletion takes nothing out of the rollups for events that were not in them.
 */

/** Squared costs of so many events are still whole numbers in 64 bits of floating point. */
const MAX_EVENTS = 4_000
/** How often the events may have changed before they are left to another turn. */
const TRIES = 3

/** What some events add to the rollups. Rows lie one after the other, in the order of their columns. */
export interface EventSums {
  /** Positions: the first one is that of the rollups. */
  readonly from: number
  readonly to: number
  readonly events: number
  readonly rollups: Float64Array
  readonly sources: Float64Array
  readonly workMs: number
}

export interface AddedSums {
  /** False where the sums are outdated. */
  readonly isAdded: boolean
  readonly workMs: number
}

/** Opens the reader's part. It gives `undefined` where no event is left to add. */
export function openEventSums(database: SqliteDriver): (maxEvents: number) => EventSums | undefined {
  const choose = database.prepare(
    `SELECT count(*) AS events, max(position) AS position
       FROM (SELECT position FROM events WHERE position > ? ORDER BY position LIMIT ?)`,
  )
  // Prepared once: reading these texts takes a millisecond. As text, since an object of 83 numbers takes three times as long.
  const [ofRollups, ofSources] = rowsToAdd('events WHERE position > ? AND position <= ?')
  const rollups = database.prepare(
    `SELECT json_array(${ROLLUP_COLUMNS.join(', ')}) AS numbers FROM (${ofRollups})`,
  )
  const sources = database.prepare(
    `SELECT json_array(${SOURCE_COLUMNS.join(', ')}) AS numbers FROM (${ofSources})`,
  )
  const sumNext = (maxEvents: number): Omit<EventSums, 'workMs'> | undefined => {
    const from = rolledUpTo(database)
    const chosen = choose.get(from, Math.min(maxEvents, MAX_EVENTS))
    const events = Number(chosen?.['events'])
    if (events === 0) return undefined
    const to = Number(chosen?.['position'])
    return { from, to, events, rollups: numbersOf(rollups, from, to), sources: numbersOf(sources, from, to) }
  }
  return (maxEvents) => {
    const startedMs = performance.now()
    const sums = readTransaction(database, () => sumNext(maxEvents))
    return sums && { ...sums, workMs: performance.now() - startedMs }
  }
}

/** Opens the writer's part: adds the sums and moves the position, in one transaction. */
export function openSumsAdder(database: SqliteDriver): (sums: EventSums) => AddedSums {
  const count = database.prepare('SELECT count(*) AS events FROM events WHERE position > ? AND position <= ?')
  const move = database.prepare(`UPDATE projections SET position = ? WHERE name = '${ROLLUPS}'`)
  const [addRollup, addSource] = ADD_ROWS.map((sql) => database.prepare(sql)) as [
    SqliteStatement,
    SqliteStatement,
  ]
  const add = ({ from, to, events, rollups, sources }: EventSums): boolean => {
    if (rolledUpTo(database) !== from || count.get(from, to)?.['events'] !== events) return false
    addRows(addRollup, rollups, ROLLUP_COLUMNS.length)
    addRows(addSource, sources, SOURCE_COLUMNS.length)
    move.run(to)
    return true
  }
  return (sums) => {
    const startedMs = performance.now()
    const isAdded = transaction(database, () => add(sums))
    return { isAdded, workMs: performance.now() - startedMs }
  }
}

/** Puts both parts together. */
export function rollupFolding(
  reader: { sumNextEvents(maxEvents: number): Promise<EventSums | undefined> },
  writer: { addEventSums(sums: EventSums): Promise<AddedSums> },
): RollupStore['foldRollups'] {
  return async (maxEvents): Promise<FoldedEvents> => {
    let workMs = 0
    for (let tries = 0; tries < TRIES; tries++) {
      const sums = await reader.sumNextEvents(maxEvents)
      if (sums === undefined) break
      const added = await writer.addEventSums(sums)
      workMs += sums.workMs + added.workMs
      if (added.isAdded) return { events: sums.events, workMs }
    }
    return { events: 0, workMs }
  }
}

function numbersOf(statement: SqliteStatement, from: number, to: number): Float64Array {
  const rows = statement.all(from, to).map(({ numbers }) => JSON.parse(String(numbers)) as number[])
  return Float64Array.from(rows.flat())
}

function addRows(statement: SqliteStatement, numbers: Float64Array, columns: number): void {
  for (let start = 0; start < numbers.length; start += columns)
    statement.run(...numbers.subarray(start, start + columns))
}
