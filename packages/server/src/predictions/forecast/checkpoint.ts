import type { CalibrationDay } from './calibration.ts'

/**
 * The soft state of a forecaster on disk: JSON of whole numbers and instance ids, one version.
 *
 * Instances are listed once, ascending by name, and referred to by rank; cells ascend by key; rings are listed from the
 * oldest entry on. So the same state has one spelling. It is written as a whole and replaced as a whole; who stores it
 * stores the position of the last observed event with it. One that cannot be read is worth nothing: start without it,
 * or replay.
 */
export interface ForecastCheckpoint {
  readonly version: typeof CHECKPOINT_VERSION
  readonly instances: readonly string[]
  readonly metrics: readonly MetricCheckpoint[]
}

export const CHECKPOINT_VERSION = 1

/** A value and the rank of the instance that reported it. */
export type Entry = readonly [instance: number, fixed: number]

export interface MetricCheckpoint {
  /** By memory and bank. */
  readonly banks: readonly (readonly (readonly Entry[])[])[]
  readonly losses: readonly (readonly [instance: number, losses: readonly number[]])[]
  readonly ownValues: readonly (readonly [cell: string, values: readonly Entry[]])[]
  readonly calibration: readonly CalibrationDay[]
}

export function encodeCheckpoint(checkpoint: ForecastCheckpoint): Uint8Array {
  return new TextEncoder().encode(JSON.stringify(checkpoint))
}

/** Undefined where the bytes are not a checkpoint of this version. */
export function decodeCheckpoint(bytes: Uint8Array): ForecastCheckpoint | undefined {
  try {
    const read = JSON.parse(new TextDecoder().decode(bytes)) as Partial<ForecastCheckpoint> | null
    const isKnown =
      read?.version === CHECKPOINT_VERSION && Array.isArray(read.instances) && Array.isArray(read.metrics)
    return isKnown ? (read as ForecastCheckpoint) : undefined
  } catch {
    return undefined
  }
}
