import type { Cell } from '../level-rules.ts'

/**
 * Everything the fit reads: one row for what one instance sent about one cell on one day. Plain arrays, so that it
 * crosses to a worker without a copy of objects.
 *
 * Always true: cells and instances are distinct and ascend by name, rows ascend by cell, instance and day. So the same
 * set of events gives the same columns, and the same fit to the last bit.
 */
export interface UnitColumns {
  /** Ascending by `cellKey`. */
  readonly cells: readonly Cell[]
  readonly instances: readonly string[]
  readonly size: number
  /** Index into `cells`. */
  readonly cell: Int32Array
  /** Index into `instances`. */
  readonly instance: Int32Array
  /** UTC days since 1970. */
  readonly day: Int32Array
  readonly events: Float64Array
  readonly successes: Float64Array
  /** Metric by metric. */
  readonly metrics: readonly MetricColumns[]
}

/** One metric of every row; both sums are fixed-point. */
export interface MetricColumns {
  /** Events whose value was 1 or more. */
  readonly count: Float64Array
  /** Sum of ln value. */
  readonly sum: Float64Array
  /** Sum of (ln value) squared. */
  readonly squares: Float64Array
}
