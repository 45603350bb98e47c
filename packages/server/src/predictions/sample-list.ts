import { SAMPLE_WIDTH, SampleField } from './observation.ts'
import { encodeSamples } from './sample-codec.ts'
import type { UnitContents } from './unit-contents.ts'

/**
 * Samples in one growable array, always ascending, compared field by field (the time of arrival comes first). So the
 * order in which they came leaves no trace, the oldest leave from the front, and those of the future stand at the end.
 */
export class SampleList implements UnitContents {
  #numbers: Float64Array
  /** Index of the first number in use: what has left the front is reclaimed when the array grows. */
  #start = 0
  #end: number

  /** Takes over `numbers`, which ascend already. */
  constructor(numbers: Float64Array = new Float64Array()) {
    this.#numbers = numbers
    this.#end = numbers.length
  }

  /** Samples held. */
  get size(): number {
    return (this.#end - this.#start) / SAMPLE_WIDTH
  }

  /** All numbers, sample after sample: a view that the next insertion or removal outdates. */
  get numbers(): Float64Array {
    return this.#numbers.subarray(this.#start, this.#end)
  }

  /** When the sample at `index` arrived, epoch milliseconds; `undefined` before the first and past the last. */
  arrivalMs(index: number): number | undefined {
    return index >= 0 && index < this.size
      ? this.#numbers[this.#start + index * SAMPLE_WIDTH + SampleField.RECEIVED_AT_MS]
      : undefined
  }

  /** Constant time where samples come in order; otherwise what came later moves up. */
  insert(sample: Float64Array): void {
    if (this.#end === this.#numbers.length) this.#makeRoom()
    let position = this.#end
    while (position > this.#start && this.#compareAt(position - SAMPLE_WIDTH, sample) > 0)
      position -= SAMPLE_WIDTH
    this.#numbers.copyWithin(position + SAMPLE_WIDTH, position, this.#end)
    this.#numbers.set(sample, position)
    this.#end += SAMPLE_WIDTH
  }

  /** How many samples arrived at or before a moment. They are the first ones. */
  countThrough(epochMs: number): number {
    let low = 0
    let high = this.size
    while (low < high) {
      const middle = (low + high) >>> 1
      if ((this.arrivalMs(middle) ?? Infinity) <= epochMs) low = middle + 1
      else high = middle
    }
    return low
  }

  /** Removes the samples that arrived at or before a moment; returns how many. */
  removeThrough(epochMs: number): number {
    const removed = this.countThrough(epochMs)
    this.#start += removed * SAMPLE_WIDTH
    return removed
  }

  nextArrivalMs(counted: number): number | undefined {
    return this.arrivalMs(counted)
  }

  nextDepartureMs(): number | undefined {
    return this.arrivalMs(0)
  }

  newestArrivalMs(counted: number): number | undefined {
    return this.arrivalMs(counted - 1)
  }

  encode(day: number): Uint8Array {
    return encodeSamples(this.numbers, day)
  }

  #makeRoom(): void {
    // Two samples at first: most units never hold more.
    const grown = new Float64Array(Math.max(2 * SAMPLE_WIDTH, 2 * (this.#end - this.#start)))
    grown.set(this.numbers)
    this.#numbers = grown
    this.#end -= this.#start
    this.#start = 0
  }

  #compareAt(position: number, sample: Float64Array): number {
    for (let field = 0; field < SAMPLE_WIDTH; field++) {
      const difference = (this.#numbers[position + field] as number) - (sample[field] as number)
      if (difference !== 0) return difference
    }
    return 0
  }
}
