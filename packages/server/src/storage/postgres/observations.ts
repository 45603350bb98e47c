import { complexityCodes, outcomeCodes, providerCodes, taskTypeCodes } from '../enum-codes.ts'
import type { PositionedObservation } from '../store.ts'
import type { SessionSettings } from './connecting.ts'
import { openNames } from './names.ts'
import { numbersIn } from './number-text.ts'
import type { Session } from './session.ts'
import type { SettledPositions } from './settled-positions.ts'

/** What is read of an event, in the order in which it comes. None of it is ever null. */
const COLUMNS = [
  'position',
  'instance_no',
  'received_at_ms',
  'task_type',
  'model',
  'provider',
  'complexity',
  'actual_input_tokens',
  'actual_output_tokens',
  'actual_cost_usd_micros',
  'task_duration_ms',
  'estimated_input_tokens',
  'estimated_output_tokens',
  'outcome',
  'quality_gate_passed',
  'quality_gates_run',
] as const

/**
 * A page as one text of numbers. Every event is read back by the process that leads and once more by the thread that
 * learns, and rows of fields took most of that time: each field is a message of its own to cut out and to convert.
 */
const SELECT_PAGE = `
  SELECT string_agg(concat_ws(' ', ${COLUMNS.join(', ')}), ' ') AS numbers
    FROM (SELECT * FROM events WHERE position > $1 AND position <= $2 ORDER BY position LIMIT $3) AS page`

/**
 * For connections that read events in order. Of a table that has no statistics yet, as after a restore, PostgreSQL
 * expects few events behind a position, and collects and sorts all there are for each page; the index has them in order.
 */
export const IN_ORDER_SETTINGS: SessionSettings = { enable_bitmapscan: 'off' }

/** Reads settled events as predictions see them, in order of position. */
export function openObservations(
  database: Session,
  positions: SettledPositions,
): (position: number, limit: number) => Promise<readonly PositionedObservation[]> {
  const names = openNames(database)

  const readPage = async (position: number, upTo: number, limit: number) => {
    if (upTo <= position) return []
    const row = await database.get(SELECT_PAGE, [position, upTo, limit])
    const numbers = numbersIn(String(row?.['numbers'] ?? ''))
    const instanceIds = await names.instanceIds(columnOf(numbers, 'instance_no'))
    const models = await names.words(columnOf(numbers, 'model'))
    return observationsIn(numbers, instanceIds, models)
  }

  return async (position, limit) => {
    // While there is a full page of what is known to be settled, nobody need wait for what is under way now.
    const known = positions.known()
    if (known >= position + limit) {
      const page = await readPage(position, known, limit)
      if (page.length === limit && positions.known() >= known) return page
    }
    return readPage(position, await positions.newest(), limit)
  }
}

/** Of an instance that was deleted a moment ago there is no event any more. */
function observationsIn(
  numbers: readonly number[],
  instanceIds: ReadonlyMap<number, string>,
  models: ReadonlyMap<number, string>,
): readonly PositionedObservation[] {
  const observations: PositionedObservation[] = []
  for (let at = 0; at < numbers.length; at += COLUMNS.length) {
    const instanceId = instanceIds.get(numbers[at + INSTANCE_NO] as number)
    if (instanceId !== undefined) observations.push(toObservation(numbers, at, instanceId, models))
  }
  return observations
}

const INSTANCE_NO = COLUMNS.indexOf('instance_no')
const SUCCESS = outcomeCodes.encode('success')

function toObservation(
  numbers: readonly number[],
  start: number,
  instanceId: string,
  models: ReadonlyMap<number, string>,
): PositionedObservation {
  let at = start
  const next = () => numbers[at++] as number
  const position = next()
  at++ // its instance
  return {
    position,
    instanceId,
    receivedAtMs: next(),
    taskType: taskTypeCodes.decode(next()),
    model: models.get(next()) as string,
    provider: providerCodes.decode(next()),
    complexity: complexityCodes.decode(next()),
    inputTokens: next(),
    outputTokens: next(),
    costUsdMicros: next(),
    durationMs: next(),
    estimatedInputTokens: next(),
    estimatedOutputTokens: next(),
    succeeded: next() === SUCCESS,
    gatesPassed: next() === 1,
    gatesListed: next() !== 0,
  }
}

function columnOf(numbers: readonly number[], column: (typeof COLUMNS)[number]): ReadonlySet<number> {
  const found = new Set<number>()
  for (let at = COLUMNS.indexOf(column); at < numbers.length; at += COLUMNS.length) {
    found.add(numbers[at] as number)
  }
  return found
}
