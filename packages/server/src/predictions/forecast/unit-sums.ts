import type { Cell } from '../level-rules.ts'
import { toFixed } from './fixed-point.ts'
import { cellKey } from './forecast-event.ts'
import type { ForecastEvent } from './forecast-event.ts'
import { NameTable } from './name-table.ts'
import { ranksOfDays, reorder, sortedRows } from './row-order.ts'
import type { MetricColumns, UnitColumns } from './unit-columns.ts'

/** Numbers of a row before those of its metrics. */
const EVENTS = 0
const SUCCESSES = 1
const FIRST_METRIC = 2
/** Numbers of a metric: count, sum, squares. */
const METRIC_WIDTH = 3

interface Row {
  readonly cellNumber: number
  readonly instanceNumber: number
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
  readonly #cells = new NameTable<Cell>()
  readonly #instances = new NameTable<string>()

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
    const number = this.#instances.numberOf(instanceId, instanceId)
    this.#deleteWhere((row) => row.instanceNumber === number)
    this.#instances.forget(instanceId)
  }

  /** Forgets the days before `firstDay`, UTC days since 1970. */
  expire(firstDay: number): void {
    this.#deleteWhere((row) => row.day < firstDay)
  }

  /** The state in its one order. */
  columns(): UnitColumns {
    const rows = [...this.#rows.values()]
    const cells = this.#cells.ranked(rows, (row) => row.cellNumber)
    const instances = this.#instances.ranked(rows, (row) => row.instanceNumber)
    const days = Int32Array.from(rows, (row) => row.day)
    const order = sortedRows(rows.length, [ranksOfDays(days), instances.rankOf, cells.rankOf])

    const column = (offset: number) => {
      const values = new Float64Array(rows.length)
      for (let place = 0; place < values.length; place++) {
        values[place] = (rows[order[place] as number] as Row).numbers[offset] as number
      }
      return values
    }
    return {
      cells: cells.values,
      instances: instances.values,
      size: rows.length,
      cell: reorder(cells.rankOf, order),
      instance: reorder(instances.rankOf, order),
      day: reorder(days, order),
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

  #open(key: string, event: ForecastEvent): Row {
    const row = {
      cellNumber: this.#cells.numberOf(cellKey(event.cell), event.cell),
      instanceNumber: this.#instances.numberOf(event.instanceId, event.instanceId),
      day: event.day,
      numbers: new Float64Array(FIRST_METRIC + METRIC_WIDTH * this.#metricCount),
    }
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
