/**
 * A log-linear histogram of whole numbers (the HDR family's) with seven mantissa bits.
 *
 * - Numbers below 256 have a bucket each. Above, an octave (2^e up to 2^(e+1)) is cut into 128 buckets of equal width,
 *   and a bucket reads as its midpoint: no value is off by more than 1/256, 0.39 %.
 * - The bucket comes from the integer's own bits, without a floating logarithm, so every machine agrees on it.
 * - Adding and merging are additions of whole counts: order, partition and replay leave no trace.
 */
export class Sketch {
  /** By bucket; never zero. */
  readonly #counts = new Map<number, number>()

  /** Counts a whole number from 0 to `MAX_SKETCHED`, `times` times. */
  add(value: number, times = 1): void {
    this.addToBucket(bucketOf(value), times)
  }

  addToBucket(bucket: number, times: number): void {
    this.#counts.set(bucket, (this.#counts.get(bucket) ?? 0) + times)
  }

  /** Adds every count of another sketch. */
  addAll(other: Sketch): void {
    for (const [bucket, count] of other.#counts) this.addToBucket(bucket, count)
  }

  /** Buckets that hold anything, ascending, each with its count. */
  entries(): readonly (readonly [bucket: number, count: number])[] {
    return [...this.#counts].sort(([a], [b]) => a - b)
  }

  /** Adds every count, times a weight, to `BUCKETS` sums. */
  addTo(sums: Float64Array, weight: number): void {
    for (const [bucket, count] of this.#counts) sums[bucket] = (sums[bucket] as number) + count * weight
  }
}

const MANTISSA_BITS = 7
const BUCKETS_PER_OCTAVE = 1 << MANTISSA_BITS
const EXACT_BELOW = 2 * BUCKETS_PER_OCTAVE
const FIRST_OCTAVE = MANTISSA_BITS + 1

/** The largest number that has a bucket. Every bound of the event schema is below it. */
export const MAX_SKETCHED = 2 ** 31 - 1

/** The bucket of a whole number from 0 to `MAX_SKETCHED`. */
export function bucketOf(value: number): number {
  if (value < EXACT_BELOW) return value
  const octave = 31 - Math.clz32(value)
  const mantissa = (value >>> (octave - MANTISSA_BITS)) - BUCKETS_PER_OCTAVE
  return EXACT_BELOW + (octave - FIRST_OCTAVE) * BUCKETS_PER_OCTAVE + mantissa
}

/** What a bucket reads as: the middle of its whole numbers. */
export function bucketValue(bucket: number): number {
  if (bucket < EXACT_BELOW) return bucket
  const octave = FIRST_OCTAVE + Math.floor((bucket - EXACT_BELOW) / BUCKETS_PER_OCTAVE)
  const mantissa = (bucket - EXACT_BELOW) % BUCKETS_PER_OCTAVE
  const width = 2 ** (octave - MANTISSA_BITS)
  return (BUCKETS_PER_OCTAVE + mantissa) * width + (width - 1) / 2
}

/** Buckets there are. */
export const BUCKETS = bucketOf(MAX_SKETCHED) + 1
