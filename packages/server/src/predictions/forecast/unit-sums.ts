import type { Cell } from '../level-rules.ts'
import { toFixed } from './fixed-point.ts'
import { cellKey } from './forecast-event.ts'
import type { ForecastEvent } from './forecast-event.ts'
import { NameTable } from './name-table.ts'
import { ranksOf, ranksOfDays, reorder, sortedRows, transposed, usedNumbers } from './row-order.ts'
import type { MetricColumns, UnitColumns } from './unit-columns.ts'
import { UnitRows } from './unit-rows.ts'

/** Numbers of a row before those of its metrics. */
const EVENTS = 0
const SUCCESSES = 1
const FIRST_METRIC = 2
/** Numbers of a metric: count, sum, squares. */
const METRIC_WIDTH = 3

/**
 * The sums that the fit needs, by cell, instance and day.
 *
 * Always true: every number is a whole one, so the state depends on the set of events alone. `remove` undoes `add`, a
 * row without events is nowhere to be seen, and deleting an instance leaves what would be there had it never come.
 */
export class UnitSums {
  readonly #metricCount: number
  readonly #rows: UnitRows
  readonly #cells = new NameTable<Cell>()
  readonly #instances = new NameTable<string>()
  #hasEmptyRows = false

  constructor(metricCount: number) {
    this.#metricCount = metricCount
    this.#rows = new UnitRows(FIRST_METRIC + METRIC_WIDTH * metricCount)
  }

  get size(): number {
    this.#dropEmptyRows()
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
    const { instance } = this.#rows
    const number = this.#instances.find(instanceId)
    if (number !== undefined) this.#keepWhere((row) => instance[row] !== number)
  }

  /** Forgets the days before `firstDay`, UTC days since 1970. */
  expire(firstDay: number): void {
    const { day } = this.#rows
    this.#keepWhere((row) => (day[row] as number) >= firstDay)
  }

  /** The state in its one order. */
  columns(): UnitColumns {
    this.#dropEmptyRows()
    const { size, width, numbers } = this.#rows
    const cells = this.#cells.ranked(usedNumbers(this.#rows.cell, size, this.#cells.size))
    const instances = this.#instances.ranked(usedNumbers(this.#rows.instance, size, this.#instances.size))
    const cell = ranksOf(this.#rows.cell, size, cells.rankOf)
    const instance = ranksOf(this.#rows.instance, size, instances.rankOf)
    const day = this.#rows.day.subarray(0, size)
    const order = sortedRows(size, [ranksOfDays(day), instance, cell])

    const columns = transposed(numbers, width, order)
    const column = (offset: number) => columns[offset] as Float64Array
    return {
      cells: cells.values,
      instances: instances.values,
      size,
      cell: reorder(cell, order),
      instance: reorder(instance, order),
      day: reorder(day, order),
      events: column(EVENTS),
      successes: column(SUCCESSES),
      metrics: Array.from({ length: this.#metricCount }, (_, metric): MetricColumns => {
        const offset = FIRST_METRIC + metric * METRIC_WIDTH
        return { count: column(offset), sum: column(offset + 1), squares: column(offset + 2) }
      }),
    }
  }

  /** Takes the state that `columns` gave. Call once, before anything is added. */
  load(columns: UnitColumns): void {
    const { width } = this.#rows
    for (let row = 0; row < columns.size; row++) {
      const cell = columns.cells[columns.cell[row] as number] as Cell
      const instance = columns.instances[columns.instance[row] as number] as string
      const offset = width * this.#open(cell, instance, columns.day[row] as number)
      const { numbers } = this.#rows
      numbers[offset + EVENTS] = columns.events[row] as number
      numbers[offset + SUCCESSES] = columns.successes[row] as number
      for (const [metric, { count, sum, squares }] of columns.metrics.entries()) {
        const own = offset + FIRST_METRIC + metric * METRIC_WIDTH
        numbers[own] = count[row] as number
        numbers[own + 1] = sum[row] as number
        numbers[own + 2] = squares[row] as number
      }
    }
  }

  #change(event: ForecastEvent, sign: 1 | -1): void {
    const offset = this.#rows.width * this.#open(event.cell, event.instanceId, event.day)
    const { numbers } = this.#rows
    const add = (place: number, value: number) => {
      numbers[place] = (numbers[place] as number) + sign * value
    }
    add(offset + EVENTS, 1)
    if (event.succeeded) add(offset + SUCCESSES, 1)
    for (let metric = 0; metric < this.#metricCount; metric++) {
      const value = event.values[metric] ?? 0
      if (!(value >= 1)) continue
      const log = Math.log(value)
      const own = offset + FIRST_METRIC + metric * METRIC_WIDTH
      add(own, 1)
      add(own + 1, toFixed(log))
      add(own + 2, toFixed(log * log))
    }
    if (numbers[offset + EVENTS] === 0) this.#hasEmptyRows = true
  }

  #open(cell: Cell, instanceId: string, day: number): number {
    const cellNumber = this.#cells.numberOf(cellKey(cell), cell)
    return this.#rows.open(cellNumber, this.#instances.numberOf(instanceId, instanceId), day)
  }

  #keepWhere(isKept: (row: number) => boolean): void {
    if (!this.#rows.keepWhere(isKept)) return
    const { cell, instance, size } = this.#rows
    this.#rows.renumber(
      this.#cells.keep(usedNumbers(cell, size, this.#cells.size)),
      this.#instances.keep(usedNumbers(instance, size, this.#instances.size)),
    )
  }

  #dropEmptyRows(): void {
    if (!this.#hasEmptyRows) return
    this.#hasEmptyRows = false
    const { numbers, width } = this.#rows
    this.#keepWhere((row) => numbers[row * width + EVENTS] !== 0)
  }
}
