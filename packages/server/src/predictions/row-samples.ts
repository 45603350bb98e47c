import { outcomeCodes } from '../storage/enum-codes.ts'
import { columnIndex, EVENT_STRIDE } from '../storage/event-columns.ts'
import type { EventRows } from '../storage/event-rows.ts'
import { requireWholeNumbers, SampleField, SampleFlag } from './observation.ts'

/** Writes the numbers of a row in the order of `SampleField`. */
export function readSample({ values }: EventRows, row: number, sample: Float64Array): void {
  const start = row * EVENT_STRIDE
  sample[SampleField.RECEIVED_AT_MS] = values[start + column.received_at_ms] as number
  sample[SampleField.INPUT_TOKENS] = values[start + column.actual_input_tokens] as number
  sample[SampleField.OUTPUT_TOKENS] = values[start + column.actual_output_tokens] as number
  sample[SampleField.COST_USD_MICROS] = values[start + column.actual_cost_usd_micros] as number
  sample[SampleField.DURATION_MS] = values[start + column.task_duration_ms] as number
  sample[SampleField.ESTIMATED_INPUT_TOKENS] = values[start + column.estimated_input_tokens] as number
  sample[SampleField.ESTIMATED_OUTPUT_TOKENS] = values[start + column.estimated_output_tokens] as number
  sample[SampleField.FLAGS] =
    (values[start + column.outcome] === SUCCESS ? SampleFlag.SUCCEEDED : 0) |
    (values[start + column.quality_gate_passed] === 1 ? SampleFlag.GATES_PASSED : 0) |
    (values[start + column.quality_gates_run] === 0 ? 0 : SampleFlag.GATES_LISTED)
  requireWholeNumbers(sample)
}

const SUCCESS = outcomeCodes.encode('success')
// Looked up once: as constants they cost nothing a row.
const column = { ...columnIndex }
