import type { PredictionData } from '@mosaicstack/telemetry-client/protocol'

/** What one level says, and how sure of it one may be. */
export interface LevelSummary {
  readonly prediction: PredictionData
  readonly sampleSize: number
  /** By standing, whole ones. */
  readonly instances: number
  /** 0 to 1. */
  readonly maxInstanceShare: number
  readonly effectiveSampleSize: number
  readonly newestEventMs: number
}

/** Rounds to a number of decimals, halves up. */
export function roundTo(value: number, decimals: number): number {
  const scale = 10 ** decimals
  return Math.round(value * scale) / scale
}

/** How many whole instances there are by standing: nine that count fully and one that counts half are nine. */
export function wholeInstances(byStanding: number): number {
  return Math.floor(byStanding + 1e-9)
}
