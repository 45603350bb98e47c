import { SAMPLE_WIDTH, SampleField } from './observation.ts'

/** The same samples in ascending order, compared field by field: so the order in which they came leaves no trace. */
export function ascendingSamples(samples: Float64Array): Float64Array {
  return isAscending(samples) ? samples : inOrder(samples, (a, b) => compareSamples(samples, a, b))
}

/** The `count` samples that arrived first. */
export function earliestSamples(samples: Float64Array, count: number): Float64Array {
  const arrival = SampleField.RECEIVED_AT_MS
  const byArrival = (a: number, b: number) =>
    (samples[a + arrival] as number) - (samples[b + arrival] as number)
  return inOrder(samples, byArrival).subarray(0, count * SAMPLE_WIDTH)
}

function isAscending(samples: Float64Array): boolean {
  for (let start = SAMPLE_WIDTH; start < samples.length; start += SAMPLE_WIDTH) {
    if (compareSamples(samples, start - SAMPLE_WIDTH, start) > 0) return false
  }
  return true
}

/** Compares the samples that begin at two indices. */
function compareSamples(samples: Float64Array, a: number, b: number): number {
  for (let field = 0; field < SAMPLE_WIDTH; field++) {
    const difference = (samples[a + field] as number) - (samples[b + field] as number)
    if (difference !== 0) return difference
  }
  return 0
}

function inOrder(samples: Float64Array, compare: (a: number, b: number) => number): Float64Array {
  const starts = Array.from({ length: samples.length / SAMPLE_WIDTH }, (_, index) => index * SAMPLE_WIDTH)
  const ordered = new Float64Array(samples.length)
  for (const [index, start] of starts.sort(compare).entries()) {
    ordered.set(samples.subarray(start, start + SAMPLE_WIDTH), index * SAMPLE_WIDTH)
  }
  return ordered
}
