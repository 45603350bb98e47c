/**
 * What a unit knows of its samples: all of them (`SampleList`), or from `MAX_EXACT_SAMPLES` on their sketches
 * (`SketchedSamples`), so that whoever floods a cell costs no more than a few kilobytes a day.
 */
export interface UnitContents {
  /** Samples held, those of the future included. */
  readonly size: number
  insert(sample: Float64Array): void
  /** How many samples arrived at or before a moment. */
  countThrough(epochMs: number): number
  /** Removes what arrived at or before a moment, as finely as it is known; returns how many. */
  removeThrough(epochMs: number): number
  /** When the first sample beyond the `counted` first ones arrives. */
  nextArrivalMs(counted: number): number | undefined
  /** The moment through which something can be removed next. */
  nextDepartureMs(): number | undefined
  /** When the last of the `counted` first samples arrived. */
  newestArrivalMs(counted: number): number | undefined
  /** The stored form; no samples, no bytes. */
  encode(day: number): Uint8Array
}

/**
 * A level of up to this many events is summarised exactly, so a unit of up to this many keeps every sample. The unit
 * that holds more belongs to levels that hold more.
 */
export const MAX_EXACT_SAMPLES = 1000
