import { DAY_MS, decodeSamples, SKETCHED_VERSION } from './sample-codec.ts'
import { SampleList } from './sample-list.ts'
import { decodeSketched } from './sketched-codec.ts'
import { FLAG_SETS, SKETCHED_METRICS, SketchedSamples } from './sketched-samples.ts'
import type { UnitContents } from './unit-contents.ts'

/** Reads the stored form of a unit, by its version. Throws a `ServerError` where it cannot be read. */
export function decodeContents(bytes: Uint8Array, day: number): UnitContents {
  if (bytes[0] !== SKETCHED_VERSION) return new SampleList(decodeSamples(bytes, day))

  const { newestOfDayMs, flagCounts, sketches } = decodeSketched(bytes, FLAG_SETS, SKETCHED_METRICS)
  return new SketchedSamples(day, day * DAY_MS + newestOfDayMs, flagCounts, sketches)
}
