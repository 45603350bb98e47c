import { RowIndex } from './row-index.ts'

const FIRST_CAPACITY = 256

/**
 * Rows of numbers, each under a key of three whole numbers: columns for the keys, and one table of `width` numbers a row
 * in order of first use. Rows go only where `keepWhere` says so; their places then change.
 */
export class UnitRows {
  readonly width: number
  cell: Int32Array = new Int32Array(FIRST_CAPACITY)
  instance: Int32Array = new Int32Array(FIRST_CAPACITY)
  day: Int32Array = new Int32Array(FIRST_CAPACITY)
  numbers: Float64Array
  readonly #index = new RowIndex()
  #size = 0

  constructor(width: number) {
    this.width = width
    this.numbers = new Float64Array(FIRST_CAPACITY * width)
  }

  get size(): number {
    return this.#size
  }

  /** The row of a key; a new one is all zeros. */
  open(cell: number, instance: number, day: number): number {
    const known = this.#index.find(this, cell, instance, day)
    if (known >= 0) return known
    if (this.#size === this.cell.length) this.#grow()
    const row = this.#size++
    this.cell[row] = cell
    this.instance[row] = instance
    this.day[row] = day
    this.#index.append(this)
    return row
  }

  /** Returns whether any row is gone; then `renumber` must follow. */
  keepWhere(isKept: (row: number) => boolean): boolean {
    let kept = 0
    for (let row = 0; row < this.#size; row++) {
      if (!isKept(row)) continue
      if (kept !== row) this.#move(row, kept)
      kept++
    }
    if (kept === this.#size) return false
    this.numbers.fill(0, kept * this.width, this.#size * this.width)
    this.#size = kept
    return true
  }

  /** Gives every cell and instance the number that stands at its old one. */
  renumber(cells: Int32Array, instances: Int32Array): void {
    for (let row = 0; row < this.#size; row++) {
      this.cell[row] = cells[this.cell[row] as number] as number
      this.instance[row] = instances[this.instance[row] as number] as number
    }
    this.#index.rebuild(this, this.#size)
  }

  #move(from: number, to: number): void {
    this.cell[to] = this.cell[from] as number
    this.instance[to] = this.instance[from] as number
    this.day[to] = this.day[from] as number
    this.numbers.copyWithin(to * this.width, from * this.width, (from + 1) * this.width)
  }

  #grow(): void {
    const capacity = 2 * this.cell.length
    const grown = (column: Int32Array) => {
      const next = new Int32Array(capacity)
      next.set(column)
      return next
    }
    this.cell = grown(this.cell)
    this.instance = grown(this.instance)
    this.day = grown(this.day)
    const numbers = new Float64Array(capacity * this.width)
    numbers.set(this.numbers)
    this.numbers = numbers
  }
}
