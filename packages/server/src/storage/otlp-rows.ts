import type { OtlpRequest } from '@mosaicstack/telemetry-client/protocol'

import type { ColumnValue } from './event-columns.ts'
import type { OtlpAppended } from './otlp-store.ts'

/** Sessions are kept under their id; requests that name none under this one. */
export const NO_SESSION = ''

/** What is kept of what arrives after its instance was deleted. */
export const NOTHING_OF_A_DELETED_INSTANCE: OtlpAppended = { newRequests: 0, newMarks: 0, newPoints: 0 }

/** The columns of a request beside its keys, named and valued as on the wire, in the order of the table. */
export const otlpRequestColumns = [
  'harness',
  'prompt_id',
  'request_id',
  'duration_ms',
  'kind',
  'query_source',
  'agent',
  'model',
  'provider',
  'speed',
  'fresh_input_tokens',
  'cache_read_tokens',
  'cache_write_tokens',
  'cache_write_5m_tokens',
  'cache_write_1h_tokens',
  'output_tokens',
  'reasoning_tokens',
  'cost_usd_micros',
  'source',
] as const satisfies readonly (keyof OtlpRequest)[]

/** The values of those columns. */
export function otlpRequestValues(request: OtlpRequest): readonly ColumnValue[] {
  return otlpRequestColumns.map((name) => request[name])
}
