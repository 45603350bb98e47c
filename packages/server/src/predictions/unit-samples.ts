import { SAMPLE_WIDTH, SampleField } from './observation.ts'
import { MAX_PACKED_BYTES, packSample, unpackSamples } from './packed-samples.ts'
import { SampleBlocks, offsetOf, roomFor } from './sample-blocks.ts'
import { encodeSamples } from './sample-codec.ts'
import { DAY_MS } from './utc-day.ts'
import { ascendingSamples, earliestSamples } from './sample-order.ts'
import { SketchedSamples } from './sketched-samples.ts'
import { UnitField, UnitFlag, type UnitRecords } from './unit-records.ts'

/**
 * A level of up to this many events is summarised exactly, so a unit of up to this many keeps every sample. The unit
 * that holds more belongs to levels that hold more.
 */
export const MAX_EXACT_SAMPLES = 1000

/** `UnitField.BLOCK` of a unit that is sketched. */
const SKETCHED = -1

/**
 * The samples of units: all of them, packed, or from `MAX_EXACT_SAMPLES` on their sketches, so that whoever floods a
 * cell costs no more than some kilobytes a bucket.
 */
export class UnitSamples {
  readonly #records: UnitRecords
  readonly #blocks = new SampleBlocks()
  readonly #sketched = new Map<number, SketchedSamples>()
  readonly #packed = new Uint8Array(MAX_PACKED_BYTES)
  readonly #unpacked = new Float64Array((MAX_EXACT_SAMPLES + 1) * SAMPLE_WIDTH)
  /** Told of a frozen unit before it changes in any other way than by more samples. */
  beforeRewrite: ((unit: number) => void) | undefined

  constructor(records: UnitRecords) {
    this.#records = records
  }

  /** The sketches of a unit; `undefined` where every sample is kept. */
  sketchesOf(unit: number): SketchedSamples | undefined {
    return this.#records.get(unit, UnitField.BLOCK) === SKETCHED ? this.#sketched.get(unit) : undefined
  }

  sizeOf(unit: number): number {
    return this.#records.get(unit, UnitField.SIZE)
  }

  /** Adds a sample. Returns whether the unit may have to depart at another moment than before. */
  insert(unit: number, sample: Float64Array, from = 0): boolean {
    const size = this.#records.get(unit, UnitField.SIZE)
    if (size === MAX_EXACT_SAMPLES) this.#sketch(unit)
    const sketches = this.sketchesOf(unit)
    if (sketches === undefined) this.#append(unit, sample, from)
    else sketches.insert(sample, from)

    const sinceMs = (sample[from + SampleField.RECEIVED_AT_MS] as number) - this.#startMs(unit)
    this.#records.set(unit, UnitField.SIZE, size + 1)
    if (sinceMs > this.#records.get(unit, UnitField.NEWEST))
      this.#records.set(unit, UnitField.NEWEST, sinceMs)
    // The departure of one that is sketched is the end of its bucket, which `Units` knows.
    if (sketches !== undefined) return size === MAX_EXACT_SAMPLES
    if (size > 0 && sinceMs >= this.#records.get(unit, UnitField.OLDEST)) return false
    this.#records.set(unit, UnitField.OLDEST, sinceMs)
    return true
  }

  /** Puts sketches in place of whatever a unit holds. */
  putSketches(unit: number, sketches: SketchedSamples): void {
    this.clear(unit)
    this.#records.set(unit, UnitField.BLOCK, SKETCHED)
    this.#records.set(unit, UnitField.SIZE, sketches.size)
    this.#records.set(unit, UnitField.NEWEST, sketches.newestMs - this.#startMs(unit))
    this.#sketched.set(unit, sketches)
  }

  /** Moves all samples of one unit to another one, whose bucket holds the first one's. */
  moveAll(from: number, to: number): void {
    const size = this.#records.get(from, UnitField.SIZE) + this.#records.get(to, UnitField.SIZE)
    const isSketched = this.sketchesOf(from) !== undefined || this.sketchesOf(to) !== undefined
    if (isSketched || size > MAX_EXACT_SAMPLES) {
      this.#sketch(to)
      this.#sketch(from)
      const sketches = this.#sketched.get(to) as SketchedSamples
      sketches.addAll(this.#sketched.get(from) as SketchedSamples)
      this.putSketches(to, sketches)
    } else {
      const numbers = this.all(from).slice()
      for (let start = 0; start < numbers.length; start += SAMPLE_WIDTH) this.insert(to, numbers, start)
    }
    this.clear(from)
  }

  /** How many samples arrived at or before a moment. Sketched ones count together. */
  countThrough(unit: number, epochMs: number): number {
    const size = this.#records.get(unit, UnitField.SIZE)
    if (this.newestMs(unit) <= epochMs) return size
    if (epochMs === -Infinity) return 0
    if (this.sketchesOf(unit) !== undefined) return size
    let count = 0
    for (const arrivedMs of this.#arrivals(unit)) if (arrivedMs <= epochMs) count++
    return count
  }

  /** Removes the samples that arrived at or before a moment; those that are sketched only all together. */
  removeThrough(unit: number, epochMs: number): void {
    const numbers = this.sketchesOf(unit) === undefined ? this.all(unit).slice() : new Float64Array()
    this.clear(unit)
    for (let start = 0; start < numbers.length; start += SAMPLE_WIDTH) {
      if ((numbers[start] as number) > epochMs) this.insert(unit, numbers, start)
    }
  }

  clear(unit: number): void {
    if (this.#records.has(unit, UnitFlag.FROZEN)) this.beforeRewrite?.(unit)
    const block = this.#records.get(unit, UnitField.BLOCK)
    if (block === SKETCHED) this.#sketched.delete(unit)
    else if (block !== 0) this.#blocks.free(block, this.#records.get(unit, UnitField.BYTES))
    for (const field of [UnitField.BLOCK, UnitField.BYTES, UnitField.SIZE, UnitField.NEWEST] as const)
      this.#records.set(unit, field, 0)
  }

  /** When the first sample beyond the counted ones arrives. */
  nextArrivalMs(unit: number): number | undefined {
    const counted = this.#records.get(unit, UnitField.COUNTED)
    if (counted === this.#records.get(unit, UnitField.SIZE)) return undefined
    if (this.sketchesOf(unit) !== undefined) return this.newestMs(unit)
    return this.#arrivals(unit).sort()[counted]
  }

  newestMs(unit: number): number {
    return this.#startMs(unit) + this.#records.get(unit, UnitField.NEWEST)
  }

  /** When the last of the counted samples arrived; -Infinity without any. */
  newestCountedMs(unit: number): number {
    const counted = this.#records.get(unit, UnitField.COUNTED)
    if (counted === 0) return -Infinity
    if (counted === this.#records.get(unit, UnitField.SIZE)) return this.newestMs(unit)
    return this.#arrivals(unit).sort()[counted - 1] as number
  }

  /**
   * Writes the counted samples of a unit that is not sketched, in any order.
   *
   * @returns the index after the last number.
   */
  readCounted(unit: number, numbers: Float64Array, to: number): number {
    const counted = this.#records.get(unit, UnitField.COUNTED)
    if (counted === this.#records.get(unit, UnitField.SIZE)) return this.#unpack(unit, numbers, to)
    const earliest = earliestSamples(this.all(unit), counted)
    numbers.set(earliest, to)
    return to + earliest.length
  }

  /** All samples of a unit that is not sketched, in any order: a view that the next call outdates. */
  all(unit: number): Float64Array {
    return this.#first(unit, this.sizeOf(unit))
  }

  /**
   * The stored form; no samples, no bytes. Of a unit that is not sketched only the samples that came first, if so
   * wanted; of one whose sketches are frozen what they were.
   */
  encode(unit: number, size = this.sizeOf(unit)): Uint8Array {
    const bucket = this.#records.get(unit, UnitField.BUCKET)
    const sketches = this.sketchesOf(unit)
    return sketches?.encode(bucket) ?? encodeSamples(ascendingSamples(this.#first(unit, size)), bucket)
  }

  #append(unit: number, sample: Float64Array, from: number): void {
    const length = packSample(sample, from, this.#startMs(unit), this.#packed, 0)
    const bytes = this.#records.get(unit, UnitField.BYTES)
    let block = this.#records.get(unit, UnitField.BLOCK)
    if (block === 0 || roomFor(bytes) < bytes + length) {
      const larger = this.#blocks.allocate(bytes + length)
      if (block !== 0) this.#moveBytes(block, bytes, larger)
      this.#records.set(unit, UnitField.BLOCK, larger)
      block = larger
    }
    const chunk = this.#blocks.chunkOf(block)
    const at = offsetOf(block) + bytes
    for (let index = 0; index < length; index++) chunk[at + index] = this.#packed[index] as number
    this.#records.set(unit, UnitField.BYTES, bytes + length)
  }

  #moveBytes(block: number, bytes: number, larger: number): void {
    const start = offsetOf(block)
    this.#blocks
      .chunkOf(larger)
      .set(this.#blocks.chunkOf(block).subarray(start, start + bytes), offsetOf(larger))
    this.#blocks.free(block, bytes)
  }

  #sketch(unit: number): void {
    if (this.sketchesOf(unit) === undefined) this.putSketches(unit, SketchedSamples.of(this.all(unit)))
  }

  #arrivals(unit: number): Float64Array {
    const numbers = this.all(unit)
    return Float64Array.from(
      { length: numbers.length / SAMPLE_WIDTH },
      (_, index) => numbers[index * SAMPLE_WIDTH] as number,
    )
  }

  #first(unit: number, size: number): Float64Array {
    return this.#unpacked.subarray(0, this.#unpack(unit, this.#unpacked, 0, size))
  }

  #unpack(unit: number, numbers: Float64Array, to: number, size = this.sizeOf(unit)): number {
    const block = this.#records.get(unit, UnitField.BLOCK)
    if (block === 0) return to
    return unpackSamples(this.#blocks.chunkOf(block), offsetOf(block), size, this.#startMs(unit), numbers, to)
  }

  #startMs(unit: number): number {
    return this.#records.get(unit, UnitField.BUCKET) * DAY_MS
  }
}
