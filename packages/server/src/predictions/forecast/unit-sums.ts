import type { Cell } from '../level-rules.ts'
import { toFixed } from './fixed-point.ts'
import { cellKey } from './forecast-event.ts'
import type { ForecastEvent } from './forecast-event.ts'
import type { MetricColumns, UnitColumns } from './unit-columns.ts'

/** Numbers of a row before those of its metrics. */
const EVENTS = 0
const SUCCESSES = 1
const FIRST_METRIC = 2
/** Numbers of a metric: count, sum, squares. */
const METRIC_WIDTH = 3

interface Row {
  readonly cell: Cell
  readonly cellKey: string
  readonly instanceId: string
  readonly day: number
  readonly numbers: Float64Array
}

/**
 * The sums that the fit needs, by cell, instance and day.
 *
 * Always true: every number is a whole one, so the state depends on the set of events alone. `remove` undoes `add`, a
 * row without events is gone, and deleting an instance leaves what would be there had it never come.
 */
export class UnitSums {
  readonly #metricCount: number
  readonly #rows = new Map<string, Row>()

  constructor(metricCount: number) {
    this.#metricCount = metricCount
  }

  get size(): number {
    return this.#rows.size
  }

  add(event: ForecastEvent): void {
    this.#change(event, 1)
  }

  /** Takes back an event that was added. */
  remove(event: ForecastEvent): void {
    this.#change(event, -1)
  }

  deleteInstance(instanceId: string): void {
    this.#deleteWhere((row) => row.instanceId === instanceId)
  }

  /** Forgets the days before `firstDay`, UTC days since 1970. */
  expire(firstDay: number): void {
    this.#deleteWhere((row) => row.day < firstDay)
  }

  /** The state in its one order. */
  columns(): UnitColumns {
    const rows = [...this.#rows.values()]
    const cells = new Map(rows.map((row) => [row.cellKey, row.cell]))
    const cellKeys = [...cells.keys()].sort()
    const instances = [...new Set(rows.map((row) => row.instanceId))].sort()
    const cellRanks = ranks(cellKeys)
    const instanceRanks = ranks(instances)

    const cellOf = Int32Array.from(rows, (row) => cellRanks.get(row.cellKey) ?? 0)
    const instanceOf = Int32Array.from(rows, (row) => instanceRanks.get(row.instanceId) ?? 0)
    const dayOf = Int32Array.from(rows, (row) => row.day)
    const order = Uint32Array.from(rows.keys()).sort(
      (a, b) =>
        (cellOf[a] as number) - (cellOf[b] as number) ||
        (instanceOf[a] as number) - (instanceOf[b] as number) ||
        (dayOf[a] as number) - (dayOf[b] as number),
    )
    const column = (offset: number) =>
      Float64Array.from(order, (index) => (rows[index] as Row).numbers[offset] as number)
    return {
      cells: cellKeys.map((key) => cells.get(key) as Cell),
      instances,
      size: rows.length,
      cell: Int32Array.from(order, (index) => cellOf[index] as number),
      instance: Int32Array.from(order, (index) => instanceOf[index] as number),
      day: Int32Array.from(order, (index) => dayOf[index] as number),
      events: column(EVENTS),
      successes: column(SUCCESSES),
      metrics: Array.from({ length: this.#metricCount }, (_, metric): MetricColumns => {
        const offset = FIRST_METRIC + metric * METRIC_WIDTH
        return { count: column(offset), sum: column(offset + 1), squares: column(offset + 2) }
      }),
    }
  }

  #change(event: ForecastEvent, sign: 1 | -1): void {
    const key = rowKey(event)
    const { numbers } = this.#rows.get(key) ?? this.#open(key, event)
    numbers[EVENTS] = (numbers[EVENTS] as number) + sign
    if (event.succeeded) numbers[SUCCESSES] = (numbers[SUCCESSES] as number) + sign

    for (let metric = 0; metric < this.#metricCount; metric++) {
      const value = event.values[metric] ?? 0
      if (!(value >= 1)) continue
      const log = Math.log(value)
      const offset = FIRST_METRIC + metric * METRIC_WIDTH
      numbers[offset] = (numbers[offset] as number) + sign
      numbers[offset + 1] = (numbers[offset + 1] as number) + sign * toFixed(log)
      numbers[offset + 2] = (numbers[offset + 2] as number) + sign * toFixed(log * log)
    }
    if (numbers[EVENTS] === 0) this.#rows.delete(key)
  }

  #open(key: string, { cell, instanceId, day }: ForecastEvent): Row {
    const numbers = new Float64Array(FIRST_METRIC + METRIC_WIDTH * this.#metricCount)
    const row = { cell, cellKey: cellKey(cell), instanceId, day, numbers }
    this.#rows.set(key, row)
    return row
  }

  #deleteWhere(isGone: (row: Row) => boolean): void {
    for (const [key, row] of this.#rows) if (isGone(row)) this.#rows.delete(key)
  }
}

function rowKey({ cell, instanceId, day }: ForecastEvent): string {
  return `${cellKey(cell)}\0${instanceId}\0${day}`
}

function ranks(names: readonly string[]): ReadonlyMap<string, number> {
  return new Map(names.map((name, rank) => [name, rank]))
}
