import { ANY_COMPLEXITY, MONDAY, whole } from './rollup-statements.ts'
import { MAX_PENDING_COUNTED, type RollupQuery } from './rollup-store.ts'

/** Codes of the complexities, all of which have rows of their own. */
const COMPLEXITIES = [0, 1, 2, 3]
/** Where a filter names none that there is. */
const NO_COMPLEXITY = -2

/**
 * Asks the rollups, in SQL that both engines read. Whole weeks are read from rows of weeks and only the days at the edges
 * from rows of days, unless the answer is by day.
 *
 * Rows lie in the order of complexity, day and model, so what is asked by no other dimension is added up as it is read; SQLite
 * sorts everything else first. Estimates of a year by model take 76 ms of CPU so, and 99 sorted.
 */
export function rollupQuery(query: RollupQuery): string {
  const { by, sums } = query
  const keys = by.map((each) => `${each === 'week' ? MONDAY : each} AS ${each}`)
  const added = sums.map((name) => `CAST(sum(${name}) AS double precision) AS ${name}`)
  const total = `
    SELECT ${[...keys, ...added].join(', ')}
      FROM (${partsOf(query).join(' UNION ALL ')}) AS part
     WHERE true ${by.length === 0 ? 'HAVING count(*) > 0' : `GROUP BY ${by.map((_, index) => index + 1).join(', ')}`}`
  if (!by.includes('model')) return total
  return `SELECT total.*, word AS model_name FROM (${total}) AS total JOIN words ON word_no = model`
}

/** What is added up, a part for each stretch of days and each complexity. */
function partsOf(query: RollupQuery): readonly string[] {
  const { by, sums, only } = query
  const isAsLies = by.every(
    (each) => each === 'day' || each === 'week' || each === 'model' || each === 'complexity',
  )
  const keys = [
    'complexity',
    'day',
    ...by.filter((each) => each !== 'day' && each !== 'week' && each !== 'complexity'),
  ]
  const complexities = only.complexity ?? (by.includes('complexity') ? COMPLEXITIES : [ANY_COMPLEXITY])
  const columns = [
    ...keys,
    ...sums.map((name) => (isAsLies ? `sum(${summand(name)}) AS ${name}` : `${summand(name)} AS ${name}`)),
  ]
  return stretchesOf(query).flatMap(({ weekly, fromDay, toDay }) =>
    (complexities.length === 0 ? [NO_COMPLEXITY] : complexities).map(
      (complexity) =>
        `SELECT ${columns.join(', ')} FROM rollups
          WHERE weekly = ${weekly} AND complexity = ${whole(complexity)} AND ${conditions(query, fromDay, toDay)}
          ${isAsLies ? `GROUP BY ${keys.join(', ')}` : ''}`,
    ),
  )
}

interface Stretch {
  readonly weekly: 0 | 1
  readonly fromDay: number
  readonly toDay: number
}

function stretchesOf({ fromDay, toDay, by }: RollupQuery): readonly Stretch[] {
  const firstMonday = mondayOf(fromDay + 6)
  const lastSunday = mondayOf(toDay + 1) - 1
  if (by.includes('day') || lastSunday < firstMonday) return [{ weekly: 0, fromDay, toDay }]
  return [
    { weekly: 0, fromDay, toDay: firstMonday - 1 } as const,
    { weekly: 1, fromDay: firstMonday, toDay: lastSunday } as const,
    { weekly: 0, fromDay: lastSunday + 1, toDay } as const,
  ].filter((stretch) => stretch.fromDay <= stretch.toDay)
}

/** The Monday of the week of a UTC day; 1970 began on a Thursday. */
export function mondayOf(day: number): number {
  return Math.floor((day + 3) / 7) * 7 - 3
}

function conditions({ only }: RollupQuery, fromDay: number, toDay: number): string {
  const { complexity: _, ...others } = only
  return [
    `day BETWEEN ${whole(fromDay)} AND ${whole(toDay)}`,
    ...Object.entries(others).map(([column, codes]) => oneOf(column, codes)),
  ].join(' AND ')
}

function oneOf(column: string, codes: readonly number[]): string {
  return codes.length === 0 ? '1 = 0' : `${column} IN (${codes.map(whole).join(', ')})`
}

/** Squares may add up to more than 64 bits hold. */
function summand(name: string): string {
  return name === 'cost_squares' ? 'CAST(cost_squares AS double precision)' : name
}

/** Instances and what they sent, as of a UTC day of arrival. */
export function sourcesQuery(today: number): string {
  const since = (days: number) =>
    `CAST(coalesce(sum(CASE WHEN day > ${whole(today - days)} AND day <= ${whole(today)} THEN events ELSE 0 END), 0) AS double precision)`
  return `
    SELECT instance_id, name, harness, max(day) AS last_day, ${since(1)} AS today, ${since(7)} AS week, ${since(30)} AS month,
           CAST(coalesce(sum(events), 0) AS double precision) AS total
      FROM instances LEFT JOIN rollup_sources ON rollup_sources.instance_no = instances.instance_no
     GROUP BY instance_id, name, harness`
}

/** How far the rollups are. */
export function stateQuery(name: string): string {
  const position = `(SELECT position FROM projections WHERE name = '${name}')`
  return `
    SELECT ${position} AS position,
           (SELECT received_at_ms FROM events WHERE position <= ${position} ORDER BY position DESC LIMIT 1) AS newest_ms,
           (SELECT count(*) FROM (SELECT 1 FROM events WHERE position > ${position} LIMIT ${MAX_PENDING_COUNTED}) AS pending) AS pending`
}
