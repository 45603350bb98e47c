import {
  eventFields,
  findTextProblem,
  MAX_CLOCK_LEAD_MS,
  parseTimestampMicros,
  type TaskCompletionEvent,
} from '@mosaicstack/telemetry-client/protocol'

import {
  complexityCodes,
  type EnumCodec,
  harnessCodes,
  outcomeCodes,
  providerCodes,
  qualityGateCodes,
  repoSizeCodes,
  taskTypeCodes,
} from './enum-codes.ts'

/** What a column holds. */
export type ColumnValue = number | string | null

/** An event as it came out of the JSON: what its fields hold is still to be seen. */
export type Unchecked = { readonly [Field in keyof TaskCompletionEvent]?: unknown }

interface EventColumn {
  readonly name: string
  /** `word` columns hold text here, and the number of a dictionary entry in the database. */
  readonly kind: 'value' | 'word'
  /** The stored form of the event's value; `undefined` exactly where `findEventProblems` finds something wrong. */
  encode(event: Unchecked, receivedAtMs: number): ColumnValue | undefined
}

const fields = eventFields

/**
 * The columns of an event beside its instance and its id, in the order of the table in `migrations/`. Both engines
 * bind the values as they come out of here. Each reads its field by name: a loop over names costs three times as much.
 */
export const eventColumns = [
  value('received_at_ms', (_, receivedAtMs) => receivedAtMs),
  value('timestamp_us', (event, receivedAtMs) => timestampMicros(event.timestamp, receivedAtMs)),
  value('task_duration_ms', (event) => integer(event.task_duration_ms, fields.task_duration_ms)),
  value('task_type', (event) => member(event.task_type, taskTypeCodes)),
  value('complexity', (event) => member(event.complexity, complexityCodes)),
  value('harness', (event) => member(event.harness, harnessCodes)),
  word('model', (event) => text(event.model, fields.model)),
  value('provider', (event) => member(event.provider, providerCodes)),
  value('estimated_input_tokens', (event) =>
    integer(event.estimated_input_tokens, fields.estimated_input_tokens),
  ),
  value('estimated_output_tokens', (event) =>
    integer(event.estimated_output_tokens, fields.estimated_output_tokens),
  ),
  value('actual_input_tokens', (event) => integer(event.actual_input_tokens, fields.actual_input_tokens)),
  value('actual_output_tokens', (event) => integer(event.actual_output_tokens, fields.actual_output_tokens)),
  value('estimated_cost_usd_micros', (event) =>
    integer(event.estimated_cost_usd_micros, fields.estimated_cost_usd_micros),
  ),
  value('actual_cost_usd_micros', (event) =>
    integer(event.actual_cost_usd_micros, fields.actual_cost_usd_micros),
  ),
  value('quality_gate_passed', (event) => flag(event.quality_gate_passed)),
  value('quality_gates_run', (event) => gateMask(event.quality_gates_run)),
  value('quality_gates_failed', (event) => gateMask(event.quality_gates_failed)),
  value('context_compactions', (event) => integer(event.context_compactions, fields.context_compactions)),
  value('context_rotations', (event) => integer(event.context_rotations, fields.context_rotations)),
  value('context_utilization_final', (event) =>
    number(event.context_utilization_final, fields.context_utilization_final),
  ),
  value('outcome', (event) => member(event.outcome, outcomeCodes)),
  value('retry_count', (event) => integer(event.retry_count, fields.retry_count)),
  word('language', (event) => (isAbsent(event.language) ? null : text(event.language, fields.language))),
  value('repo_size_category', (event) =>
    isAbsent(event.repo_size_category) ? null : member(event.repo_size_category, repoSizeCodes),
  ),
] as const satisfies readonly EventColumn[]

export type EventColumnName = (typeof eventColumns)[number]['name']

/** Values of one event in `EventRows.values`. */
export const EVENT_STRIDE = eventColumns.length

/** Where the columns stand that hold texts. */
export const wordColumns: readonly number[] = eventColumns.flatMap(({ kind }, column) =>
  kind === 'word' ? [column] : [],
)

/** Where a column stands within one event's values. */
export const columnIndex = Object.fromEntries(
  eventColumns.map((column, index) => [column.name, index]),
) as Readonly<Record<EventColumnName, number>>

function value<const Name extends string>(name: Name, encode: EventColumn['encode']) {
  return { name, kind: 'value', encode } as const
}

function word<const Name extends string>(name: Name, encode: EventColumn['encode']) {
  return { name, kind: 'word', encode } as const
}

/** Absent and null read alike. */
export function isAbsent(given: unknown): given is null | undefined {
  return given === undefined || given === null
}

interface Bounds {
  readonly min: number
  readonly max: number
}

function integer(given: unknown, bounds: Bounds): number | undefined {
  return Number.isInteger(given) ? number(given, bounds) : undefined
}

function number(given: unknown, { min, max }: Bounds): number | undefined {
  return typeof given === 'number' && given >= min && given <= max ? given : undefined
}

function flag(given: unknown): number | undefined {
  return typeof given === 'boolean' ? Number(given) : undefined
}

function member(given: unknown, codes: EnumCodec): number | undefined {
  return codes.find(given)
}

function text(
  given: unknown,
  { minLength, maxLength }: { readonly minLength: number; readonly maxLength: number },
): string | undefined {
  return findTextProblem(given, minLength, maxLength) === undefined ? (given as string) : undefined
}

function timestampMicros(given: unknown, receivedAtMs: number): number | undefined {
  if (isAbsent(given)) return receivedAtMs * 1000
  const micros = typeof given === 'string' ? parseTimestampMicros(given) : undefined
  if (micros === undefined || micros > (receivedAtMs + MAX_CLOCK_LEAD_MS) * 1000) return undefined
  return micros
}

/** A set of gates as bits, so repeats collapse by themselves. */
function gateMask(given: unknown): number | undefined {
  if (isAbsent(given)) return 0
  if (!Array.isArray(given)) return undefined
  let mask = 0
  for (const gate of given) {
    const code = qualityGateCodes.find(gate)
    if (code === undefined) return undefined
    mask |= 1 << code
  }
  return mask
}
