/** Where the numbers of a unit stand in its record. Times are milliseconds from the start of the unit's bucket on. */
export const UnitField = {
  /** Number of its cell; -1 where no unit is. */
  CELL: 0,
  INSTANCE: 1,
  /** First day of its time bucket. */
  BUCKET: 2,
  /** Samples held, those of the future included. */
  SIZE: 3,
  /** How many of them the levels count now: those that arrived first. */
  COUNTED: 4,
  /** When the first sample leaves the window, minus the window: its arrival, or the bucket's end where it is sketched. */
  OLDEST: 5,
  NEWEST: 6,
  /** Where the packed samples lie (`SampleBlocks`); 0 without any, `SKETCHED` where they are sketched. */
  BLOCK: 7,
  /** Bytes of packed samples. */
  BYTES: 8,
  /** The units of one cell form a list. */
  NEXT: 9,
  PREVIOUS: 10,
  /** Its place in `Departures`, or -1. */
  HEAP: 11,
  /** The last pass that has seen it (`Pass`). */
  SEEN: 12,
  /** Bits of `UnitFlag`. */
  FLAGS: 13,
} as const
export type UnitField = (typeof UnitField)[keyof typeof UnitField]

/** Bits of `UnitField.FLAGS`. */
export const UnitFlag = {
  /** The store has a row of it, so that it has to be told when the unit goes. */
  STORED: 1,
  /** That row, if there is one, is not what the unit is. */
  CHANGED: 2,
  /** Samples were added that the levels are about to count (`UnitCounting.countLater`). */
  TO_COUNT: 4,
  /** What it was at one moment is to be made a row yet (`FrozenUnits`). */
  FROZEN: 8,
} as const
export type UnitFlag = (typeof UnitFlag)[keyof typeof UnitFlag]

const FIELDS = 14
/** Units a page, a power of two: pages are added one by one, so that growing never copies millions of records at once. */
const PAGE_UNITS = 2048
const PAGE_BITS = 11

/** In place of a unit: none. */
export const NO_UNIT = -1

/** One record of whole numbers a unit, side by side: 56 bytes, and mostly one miss of the processor's cache. */
export class UnitRecords {
  readonly #pages: Int32Array[] = []
  readonly #free: number[] = []
  #end = 0

  /** Above every unit number ever given out. */
  get end(): number {
    return this.#end
  }

  /** Takes a record; every field is 0. */
  open(): number {
    const freed = this.#free.pop()
    if (freed !== undefined) return freed
    if (this.#end === this.#pages.length * PAGE_UNITS) this.#pages.push(new Int32Array(PAGE_UNITS * FIELDS))
    return this.#end++
  }

  close(unit: number): void {
    const start = (unit & (PAGE_UNITS - 1)) * FIELDS
    this.#pageOf(unit).fill(0, start, start + FIELDS)
    this.set(unit, UnitField.CELL, NO_UNIT)
    this.#free.push(unit)
  }

  get(unit: number, field: UnitField): number {
    return this.#pageOf(unit)[(unit & (PAGE_UNITS - 1)) * FIELDS + field] as number
  }

  set(unit: number, field: UnitField, value: number): void {
    this.#pageOf(unit)[(unit & (PAGE_UNITS - 1)) * FIELDS + field] = value
  }

  has(unit: number, flag: UnitFlag): boolean {
    return (this.get(unit, UnitField.FLAGS) & flag) !== 0
  }

  raise(unit: number, flag: UnitFlag): void {
    this.set(unit, UnitField.FLAGS, this.get(unit, UnitField.FLAGS) | flag)
  }

  lower(unit: number, flag: UnitFlag): void {
    this.set(unit, UnitField.FLAGS, this.get(unit, UnitField.FLAGS) & ~flag)
  }

  #pageOf(unit: number): Int32Array {
    return this.#pages[unit >>> PAGE_BITS] as Int32Array
  }
}
