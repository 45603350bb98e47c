import { parseTimestampMicros, type TaskCompletionEvent } from '@mosaicstack/telemetry-client/protocol'

/**
 * The same columns as the server's, written out by hand: no table, no validation. Enumerations become the place in the
 * list where they were first seen, which is as good as the real codes for everything that is measured here.
 */
export const FLOOR_COLUMNS =
  'received_at_ms, timestamp_us, task_duration_ms, task_type, complexity, harness, model, provider, estimated_input_tokens, estimated_output_tokens, actual_input_tokens, actual_output_tokens, estimated_cost_usd_micros, actual_cost_usd_micros, quality_gate_passed, quality_gates_run, quality_gates_failed, context_compactions, context_rotations, context_utilization_final, outcome, retry_count, language, repo_size_category'.split(
    ', ',
  )
export const FLOOR_STRIDE = FLOOR_COLUMNS.length

export type FloorValue = number | string | null

/** Rows of one request on their way to the writer. */
export interface FloorRows {
  readonly instanceId: string
  readonly eventIds: Uint8Array
  readonly values: readonly FloorValue[]
}

export function floorRows(events: readonly TaskCompletionEvent[], receivedAtMs: number): FloorRows {
  const values: FloorValue[] = []
  let ids = ''
  for (const event of events) {
    ids += (event.event_id as string).replaceAll('-', '')
    values.push(
      receivedAtMs,
      parseTimestampMicros(event.timestamp as string) ?? 0,
      event.task_duration_ms,
      codeOf(event.task_type),
      codeOf(event.complexity),
      codeOf(event.harness),
      event.model,
      codeOf(event.provider),
      event.estimated_input_tokens,
      event.estimated_output_tokens,
      event.actual_input_tokens,
      event.actual_output_tokens,
      event.estimated_cost_usd_micros,
      event.actual_cost_usd_micros,
      Number(event.quality_gate_passed),
      maskOf(event.quality_gates_run),
      maskOf(event.quality_gates_failed),
      event.context_compactions,
      event.context_rotations,
      event.context_utilization_final,
      codeOf(event.outcome),
      event.retry_count,
      event.language ?? null,
      codeOf(event.repo_size_category as string),
    )
  }
  return {
    instanceId: (events[0] as TaskCompletionEvent).instance_id,
    eventIds: new Uint8Array(Buffer.from(ids, 'hex')),
    values,
  }
}

const codes = new Map<string, number>()

function codeOf(value: string): number {
  const known = codes.get(value)
  if (known !== undefined) return known
  codes.set(value, codes.size)
  return codes.size - 1
}

function maskOf(gates: readonly string[] | null | undefined): number {
  let mask = 0
  if (gates) for (const gate of gates) mask |= 1 << (codeOf(gate) & 31)
  return mask
}
