import {
  parseTimestampMicros,
  type QualityGate,
  type TaskCompletionEvent,
} from '@mosaicstack/telemetry-client/protocol'

import {
  complexityCodes,
  harnessCodes,
  outcomeCodes,
  providerCodes,
  qualityGateCodes,
  repoSizeCodes,
  taskTypeCodes,
} from './enum-codes.ts'

/** A database value. The flat arrays below hold nothing else, because threads copy primitives fastest. */
export type ColumnValue = number | string | null

interface EventColumn {
  readonly name: string
  /** `word` columns hold text here and the number of a dictionary entry in the database. */
  readonly kind: 'value' | 'word'
  encode(event: TaskCompletionEvent, receivedAtMs: number): ColumnValue
}

/**
 * The columns of an event beside its instance and its id, in the order of the table in `migrations/`. Both engines
 * bind the values as they come out of here.
 */
export const eventColumns = [
  value('received_at_ms', (_, receivedAtMs) => receivedAtMs),
  value('timestamp_us', timestampMicros),
  value('task_duration_ms', (event) => event.task_duration_ms),
  value('task_type', (event) => taskTypeCodes.encode(event.task_type)),
  value('complexity', (event) => complexityCodes.encode(event.complexity)),
  value('harness', (event) => harnessCodes.encode(event.harness)),
  word('model', (event) => event.model),
  value('provider', (event) => providerCodes.encode(event.provider)),
  value('estimated_input_tokens', (event) => event.estimated_input_tokens),
  value('estimated_output_tokens', (event) => event.estimated_output_tokens),
  value('actual_input_tokens', (event) => event.actual_input_tokens),
  value('actual_output_tokens', (event) => event.actual_output_tokens),
  value('estimated_cost_usd_micros', (event) => event.estimated_cost_usd_micros),
  value('actual_cost_usd_micros', (event) => event.actual_cost_usd_micros),
  value('quality_gate_passed', (event) => Number(event.quality_gate_passed)),
  value('quality_gates_run', (event) => gateMask(event.quality_gates_run)),
  value('quality_gates_failed', (event) => gateMask(event.quality_gates_failed)),
  value('context_compactions', (event) => event.context_compactions),
  value('context_rotations', (event) => event.context_rotations),
  value('context_utilization_final', (event) => event.context_utilization_final),
  value('outcome', (event) => outcomeCodes.encode(event.outcome)),
  value('retry_count', (event) => event.retry_count),
  word('language', (event) => event.language ?? null),
  value('repo_size_category', ({ repo_size_category: size }) => (size ? repoSizeCodes.encode(size) : null)),
] as const satisfies readonly EventColumn[]

export type EventColumnName = (typeof eventColumns)[number]['name']

/** Values of one event in `EventRows.values`. */
export const EVENT_STRIDE = eventColumns.length

/** Where a column stands within one event's values. */
export const columnIndex = Object.fromEntries(
  eventColumns.map((column, index) => [column.name, index]),
) as Readonly<Record<EventColumnName, number>>

/** The rows of one request, flattened: copying objects between threads costs a third more. */
export interface EventRows {
  readonly instanceId: string
  readonly instanceNo: number
  readonly count: number
  /** 16 bytes an event. */
  readonly eventIds: Uint8Array
  /** `EVENT_STRIDE` values an event. */
  readonly values: readonly ColumnValue[]
}

/** Flattens validated events of one instance. Every event has its `event_id` by now. */
export function toEventRows(
  { instanceId, instanceNo }: Pick<EventRows, 'instanceId' | 'instanceNo'>,
  events: readonly (TaskCompletionEvent & { readonly event_id: string })[],
  receivedAtMs: number,
): EventRows {
  const eventIds = new Uint8Array(events.length * 16)
  const values: ColumnValue[] = []
  for (const [index, event] of events.entries()) {
    writeUuid(eventIds, index * 16, event.event_id)
    for (const column of eventColumns) values.push(column.encode(event, receivedAtMs))
  }
  return { instanceId, instanceNo, count: events.length, eventIds, values }
}

function value<const Name extends string>(name: Name, encode: EventColumn['encode']) {
  return { name, kind: 'value', encode } as const
}

function word<const Name extends string>(name: Name, encode: EventColumn['encode']) {
  return { name, kind: 'word', encode } as const
}

function timestampMicros(event: TaskCompletionEvent, receivedAtMs: number): number {
  const micros = typeof event.timestamp === 'string' ? parseTimestampMicros(event.timestamp) : undefined
  return micros ?? receivedAtMs * 1000
}

/** A set of gates as bits, so repeats collapse by themselves. */
function gateMask(gates: readonly QualityGate[] | null | undefined): number {
  let mask = 0
  for (const gate of gates ?? []) mask |= 1 << qualityGateCodes.encode(gate)
  return mask
}

/** Writes the 16 bytes of a hyphenated UUID. A table of hex digits is four times as fast as `Buffer.from(hex)`. */
function writeUuid(bytes: Uint8Array, offset: number, uuid: string): void {
  let at = offset
  for (let index = 0; index < 36; index += 2) {
    if (uuid.charCodeAt(index) === HYPHEN) index++
    bytes[at++] = (hexDigit(uuid.charCodeAt(index)) << 4) | hexDigit(uuid.charCodeAt(index + 1))
  }
}

const HYPHEN = 45
const HEX_DIGITS = new Uint8Array(128)
for (const [digit, char] of [...'0123456789abcdef'].entries()) {
  HEX_DIGITS[char.charCodeAt(0)] = digit
  HEX_DIGITS[char.toUpperCase().charCodeAt(0)] = digit
}

function hexDigit(charCode: number): number {
  return HEX_DIGITS[charCode] ?? 0
}
