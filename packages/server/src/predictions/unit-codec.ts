import { decodeSamples, OLD_SKETCHED_VERSION, SKETCHED_VERSION } from './sample-codec.ts'
import { DAY_MS } from './utc-day.ts'
import { decodeSketched } from './sketched-codec.ts'
import { FLAG_SETS, SKETCHED_METRICS, SketchedSamples } from './sketched-samples.ts'

/** Reads the stored form of a unit, by its version: samples or sketches. Throws a `ServerError` where it cannot be read. */
export function decodeUnit(bytes: Uint8Array, day: number): Float64Array | SketchedSamples {
  if (bytes[0] !== SKETCHED_VERSION && !isOutdated(bytes)) return decodeSamples(bytes, day)

  const { sinceMs, flagCounts, sketches } = decodeSketched(bytes, FLAG_SETS, SKETCHED_METRICS)
  return new SketchedSamples(day * DAY_MS + sinceMs, flagCounts, sketches)
}

/** Whether a stored form is read but no longer written. */
export function isOutdated(bytes: Uint8Array): boolean {
  return bytes[0] === OLD_SKETCHED_VERSION
}
