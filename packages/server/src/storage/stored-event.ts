import {
  complexityCodes,
  harnessCodes,
  outcomeCodes,
  providerCodes,
  qualityGateCodes,
  repoSizeCodes,
  taskTypeCodes,
} from './enum-codes.ts'
import { eventColumns } from './event-columns.ts'

/** An event as it is read back: the fields of the wire, and what the server knows beside them. */
export interface StoredEvent {
  readonly position: number
  readonly receivedAtMs: number
  /** By the names of the wire, none absent: what was left out reads as its default or null. */
  readonly fields: Readonly<Record<string, EventValue>>
}

export type EventValue = string | number | boolean | null | readonly string[]

/** What the store offers to those who read events as they came. Part of the `Store` port. */
export interface StoredEvents {
  /** The events after a position, in order of position. */
  eventsAfter(position: number, limit: number): Promise<readonly StoredEvent[]>
}

/** The columns that `toStoredEvent` reads; words are joined in by both engines alike, `event_id` is hexadecimal. */
export function selectStoredEvents(eventIdHex: string, page: string): string {
  const columns = eventColumns.map(({ name, kind }) =>
    kind === 'word' ? `${name}_word.word AS ${name}` : name,
  )
  return `SELECT position, instance_id, ${eventIdHex} AS event_id, ${columns.join(', ')}
    FROM (${page}) AS event
    JOIN instances USING (instance_no)
    JOIN words AS model_word ON model_word.word_no = event.model
    LEFT JOIN words AS language_word ON language_word.word_no = event.language
   ORDER BY position`
}

type Row = Readonly<Record<string, unknown>>

export function toStoredEvent(row: Row): StoredEvent {
  const number = (name: string) => Number(row[name])
  const word = (name: string) => (row[name] ?? null) as string | null
  const repoSize = row['repo_size_category']
  return {
    position: number('position'),
    receivedAtMs: number('received_at_ms'),
    fields: {
      instance_id: String(row['instance_id']),
      event_id: hyphenated(String(row['event_id'])),
      schema_version: '1.0',
      timestamp: timestampOf(number('timestamp_us')),
      task_duration_ms: number('task_duration_ms'),
      task_type: taskTypeCodes.decode(number('task_type')),
      complexity: complexityCodes.decode(number('complexity')),
      harness: harnessCodes.decode(number('harness')),
      model: word('model'),
      provider: providerCodes.decode(number('provider')),
      estimated_input_tokens: number('estimated_input_tokens'),
      estimated_output_tokens: number('estimated_output_tokens'),
      actual_input_tokens: number('actual_input_tokens'),
      actual_output_tokens: number('actual_output_tokens'),
      estimated_cost_usd_micros: number('estimated_cost_usd_micros'),
      actual_cost_usd_micros: number('actual_cost_usd_micros'),
      quality_gate_passed: row['quality_gate_passed'] === 1,
      quality_gates_run: gatesOf(number('quality_gates_run')),
      quality_gates_failed: gatesOf(number('quality_gates_failed')),
      context_compactions: number('context_compactions'),
      context_rotations: number('context_rotations'),
      context_utilization_final: number('context_utilization_final'),
      outcome: outcomeCodes.decode(number('outcome')),
      retry_count: number('retry_count'),
      language: word('language'),
      repo_size_category: repoSize === null ? null : repoSizeCodes.decode(Number(repoSize)),
    },
  }
}

function hyphenated(hex: string): string {
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5')
}

/** To the millisecond where that says all, else to the microsecond. */
function timestampOf(micros: number): string {
  const iso = new Date(Math.floor(micros / 1000)).toISOString()
  const rest = ((micros % 1000) + 1000) % 1000
  return rest === 0 ? iso : iso.replace('Z', `${String(rest).padStart(3, '0')}Z`)
}

function gatesOf(mask: number): readonly string[] {
  return qualityGateCodes.values.filter((_, code) => (mask & (1 << code)) !== 0)
}
