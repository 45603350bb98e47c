const MIN_SLOTS = 1024
/** Slots filled before the index doubles, as a part of all. */
const MAX_LOAD = 0.5

/** Three whole numbers of 32 bits by row, the key of that row. */
export interface RowKeys {
  readonly cell: Int32Array
  readonly instance: Int32Array
  readonly day: Int32Array
}

/**
 * Finds a row by its key. Open addressing in one typed array: a map with a text or an object for each row takes ten
 * times the memory and, at 160 000 rows, a quarter of a second to walk.
 */
export class RowIndex {
  /** Row + 1; 0 is free. */
  #slots = new Int32Array(MIN_SLOTS)
  #rows = 0

  /** The row of a key, or -1. */
  find(keys: RowKeys, cell: number, instance: number, day: number): number {
    const slots = this.#slots
    const mask = slots.length - 1
    for (let slot = hash(cell, instance, day) & mask; ; slot = (slot + 1) & mask) {
      const row = (slots[slot] as number) - 1
      if (row === -1) return -1
      if (keys.cell[row] === cell && keys.instance[row] === instance && keys.day[row] === day) return row
    }
  }

  /** Adds the next row, whose key is in `keys` and not yet here. */
  append(keys: RowKeys): void {
    if (this.#rows >= this.#slots.length * MAX_LOAD) this.#fill(keys, this.#rows, this.#slots.length * 2)
    this.#place(keys, this.#rows++)
  }

  /** Starts over with the first `rows` rows. */
  rebuild(keys: RowKeys, rows: number): void {
    let length = MIN_SLOTS
    while (rows > length * MAX_LOAD) length *= 2
    this.#fill(keys, rows, length)
    this.#rows = rows
  }

  #fill(keys: RowKeys, rows: number, length: number): void {
    this.#slots = new Int32Array(length)
    for (let row = 0; row < rows; row++) this.#place(keys, row)
  }

  #place(keys: RowKeys, row: number): void {
    const slots = this.#slots
    const mask = slots.length - 1
    let slot = hash(keys.cell[row] as number, keys.instance[row] as number, keys.day[row] as number) & mask
    while (slots[slot] !== 0) slot = (slot + 1) & mask
    slots[slot] = row + 1
  }
}

function hash(cell: number, instance: number, day: number): number {
  const mixed = Math.imul(cell, 0x9e3779b1) ^ Math.imul(instance, 0x85ebca6b) ^ Math.imul(day, 0xc2b2ae35)
  return Math.imul(mixed ^ (mixed >>> 15), 0x2c1b3c6d) >>> 7
}
