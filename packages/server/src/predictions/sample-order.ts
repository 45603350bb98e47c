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

/** Steps for each sample after which they are so far from their order that sorting them takes fewer. */
const MAX_STEPS_A_SAMPLE = 16

function inOrder(samples: Float64Array, compare: (a: number, b: number) => number): Float64Array {
  const starts = new Uint32Array(samples.length / SAMPLE_WIDTH)
  for (let index = 0; index < starts.length; index++) starts[index] = index * SAMPLE_WIDTH
  if (!isInsertedQuickly(starts, compare)) starts.sort(compare)
  const ordered = new Float64Array(samples.length)
  let to = 0
  for (let index = 0; index < starts.length; index++) {
    const start = starts[index] as number
    for (let field = 0; field < SAMPLE_WIDTH; field++) ordered[to++] = samples[start + field] as number
  }
  return ordered
}

/**
 * Puts each start where it belongs among those before it. Samples come nearly in order, those of one request at the same
 * moment, so that this takes a few steps for each, where a sort compares all of them again.
 *
 * @returns whether all are in order; otherwise it was given up.
 */
function isInsertedQuickly(starts: Uint32Array, compare: (a: number, b: number) => number): boolean {
  let steps = MAX_STEPS_A_SAMPLE * starts.length
  for (let index = 1; index < starts.length; index++) {
    const start = starts[index] as number
    let at = index
    for (; at > 0 && compare(starts[at - 1] as number, start) > 0; at--) {
      if (--steps < 0) {
        starts[at] = start
        return false
      }
      starts[at] = starts[at - 1] as number
    }
    starts[at] = start
  }
  return true
}
