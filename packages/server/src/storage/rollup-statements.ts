import { ratioClass, rollupSums } from './rollup-columns.ts'

/**
 * The statements that keep the rollups, in SQL that both engines read. Their only parameters are whole numbers, written
 * into the text.
 *
 * Every event is in four rows: of its day and of its week, each with its complexity and with all of them together (-1).
 * So a question about a year reads weeks, and one that does not ask for a complexity reads a third of the rows.
 */

/** Name of the rollups among the projections. */
export const ROLLUPS = 'dashboard'
/** In `complexity`: all of them. */
export const ANY_COMPLEXITY = -1

export const ROLLUP_KEY = ['weekly', 'complexity', 'day', 'model', 'provider', 'harness', 'task_type']
const SUM_NAMES = Object.keys(rollupSums)
/** Of the two tables, in the order of what `rowsToAdd` gives. */
export const ROLLUP_COLUMNS = [...ROLLUP_KEY, ...SUM_NAMES]
export const SOURCE_COLUMNS = ['instance_no', 'harness', 'day', 'events']

/** No agent ran before: an earlier timestamp comes from a clock that was never set. */
export const FIRST_CREDIBLE_DAY_MS = Date.UTC(2020, 0, 1)

const DAY = `CASE WHEN timestamp_us >= ${FIRST_CREDIBLE_DAY_MS}000 THEN timestamp_us / 86400000000
  ELSE received_at_ms / 86400000 END`

/** The Monday of a day: 1970 began on a Thursday. */
export const MONDAY = '((day + 3) / 7) * 7 - 3'

const PICKED = `
  ${DAY} AS day, task_type, complexity, harness, model, provider, outcome, retry_count AS retries,
  CAST(actual_cost_usd_micros AS bigint) AS cost, estimated_cost_usd_micros AS cost_estimate,
  actual_input_tokens AS input, estimated_input_tokens AS input_estimate,
  actual_output_tokens AS output, estimated_output_tokens AS output_estimate,
  task_duration_ms AS duration_ms, quality_gate_passed AS gate_passed,
  quality_gates_run | quality_gates_failed AS gates_run, quality_gates_failed AS gates_failed,
  ${classOf('actual_cost_usd_micros', 'estimated_cost_usd_micros')} AS cost_class,
  ${classOf('actual_input_tokens', 'estimated_input_tokens')} AS input_class,
  ${classOf('actual_output_tokens', 'estimated_output_tokens')} AS output_class`

/** Which events: what follows FROM. */
export type EventsChosen = `events${string}`

/** The rollups of some events. Materialized, or SQLite would find the class of a ratio anew for each of its columns. */
function rollupsOf(events: EventsChosen, sign: '' | '-' = ''): string {
  const sums = Object.entries(rollupSums)
  return `
    WITH picked AS MATERIALIZED (SELECT ${PICKED} FROM ${events}),
    fine AS MATERIALIZED (
      SELECT day, complexity, model, provider, harness, task_type, ${sums.map(([name, sql]) => `${sql} AS ${name}`).join(', ')}
        FROM picked GROUP BY day, complexity, model, provider, harness, task_type)
    SELECT variant.column1 AS weekly,
           CASE WHEN variant.column2 = 1 THEN ${ANY_COMPLEXITY} ELSE complexity END AS complexity,
           CASE WHEN variant.column1 = 1 THEN ${MONDAY} ELSE day END AS day,
           model, provider, harness, task_type, ${sums.map(([name]) => `${sign}sum(${name}) AS ${name}`).join(', ')}
      FROM fine CROSS JOIN (VALUES (0, 0), (0, 1), (1, 0), (1, 1)) AS variant
     WHERE true
     GROUP BY 1, 2, 3, 4, 5, 6, 7`
}

function sourcesOf(events: EventsChosen, sign: '' | '-' = ''): string {
  return `SELECT instance_no, harness, received_at_ms / 86400000 AS day, ${sign}count(*) AS events
    FROM ${events} GROUP BY 1, 2, 3`
}

/** Adds events to the rollups. */
export function addEvents(events: EventsChosen): readonly string[] {
  return change(rollupsOf(events), sourcesOf(events))
}

/** What `addEvents` adds: two questions, whose rows the two statements of `ADD_ROWS` take. */
export function rowsToAdd(events: EventsChosen): readonly [rollups: string, sources: string] {
  return [rollupsOf(events), sourcesOf(events)]
}

/** Takes events out of the rollups that were added before. */
export function subtractEvents(events: EventsChosen): {
  readonly change: readonly string[]
  readonly tidy: readonly string[]
} {
  return {
    change: change(rollupsOf(events, '-'), sourcesOf(events, '-')),
    tidy: ['DELETE FROM rollups WHERE tasks = 0', 'DELETE FROM rollup_sources WHERE events = 0'],
  }
}

function change(rollups: string, sources: string): readonly string[] {
  return [
    `INSERT INTO rollups (${ROLLUP_COLUMNS.join(', ')}) ${rollups}
     ON CONFLICT (${ROLLUP_KEY.join(', ')}) DO UPDATE SET ${SUM_NAMES.map((name) => `${name} = rollups.${name} + excluded.${name}`).join(', ')}`,
    `INSERT INTO rollup_sources (${SOURCE_COLUMNS.join(', ')}) ${sources}
     ON CONFLICT (instance_no, harness, day) DO UPDATE SET events = rollup_sources.events + excluded.events`,
  ]
}

/** Add a row each of what `rowsToAdd` gives. */
export const ADD_ROWS = change(placesFor(ROLLUP_COLUMNS.length), placesFor(SOURCE_COLUMNS.length))

function placesFor(values: number): string {
  return `VALUES (${Array.from({ length: values }, () => '?').join(', ')})`
}

export const CLEAR_ROLLUPS = ['DELETE FROM rollups', 'DELETE FROM rollup_sources']

/** Counts rows of the rollups, and those that are not what the events up to a position make. */
export function compareWithEvents(position: number): string {
  const events: EventsChosen = `events WHERE position <= ${whole(position)}`
  const columns = ROLLUP_COLUMNS.join(', ')
  return `
    WITH expected AS MATERIALIZED (SELECT * FROM (${rollupsOf(events)}) AS made),
    sources AS MATERIALIZED (SELECT * FROM (${sourcesOf(events)}) AS made)
    SELECT (SELECT count(*) FROM expected) AS row_count,
           (SELECT count(*) FROM (SELECT ${columns} FROM expected EXCEPT SELECT ${columns} FROM rollups) AS missing)
         + (SELECT count(*) FROM (SELECT ${columns} FROM rollups EXCEPT SELECT ${columns} FROM expected) AS surplus)
         + (SELECT count(*) FROM (SELECT instance_no, harness, day, events FROM sources
                                  EXCEPT SELECT instance_no, harness, day, events FROM rollup_sources) AS missing)
         + (SELECT count(*) FROM (SELECT instance_no, harness, day, events FROM rollup_sources
                                  EXCEPT SELECT instance_no, harness, day, events FROM sources) AS surplus) AS differences`
}

/** A number as it may stand in a statement. */
export function whole(value: number): string {
  if (!Number.isSafeInteger(value)) throw new RangeError(`${value} is no whole number`)
  return String(value)
}

function classOf(actual: string, estimated: string): string {
  return ratioClass(`CAST(${actual} AS bigint)`, `CAST(${estimated} AS bigint)`)
}
