import { MIN_CROWD } from './crowd.ts'
import type { MetricFit } from './metric-fit.ts'

/** Robust standard deviations from which an instance loses weight, and from which it has none. */
const SUSPECT_FROM = 3
const SET_ASIDE_FROM = 4.5
/** The crowd is taken to spread at least this much, in ln. */
const MIN_SPREAD = 0.1

/**
 * How much each instance is trusted, 0 to 1, by its worst metric. Nothing is remembered: an instance that no longer
 * stands out counts again, and the same units give the same answer.
 */
export function trustInstances(fits: readonly MetricFit[], instances: number): Float64Array {
  const trust = new Float64Array(instances).fill(1)
  for (const fit of fits) {
    for (const [who, off] of deviations(fit, instances)) {
      trust[who] = Math.min(trust[who] as number, trustAt(off))
    }
  }
  return trust
}

function trustAt(off: number): number {
  if (off <= SUSPECT_FROM) return 1
  return off <= SET_ASIDE_FROM ? SUSPECT_FROM / off : 0
}

/** How many robust standard deviations each reporting instance lies off the crowd. */
function* deviations(fit: MetricFit, instances: number): Generator<[number, number]> {
  const { precision, weighted } = sumByInstance(fit, instances)
  const reporting = [...precision.keys()].filter((who) => (precision[who] as number) > 0)
  if (reporting.length < MIN_CROWD) return
  const means = Float64Array.from(reporting, (who) => (weighted[who] as number) / (precision[who] as number))
  const centre = median(means)
  const spread = Math.max(MIN_SPREAD, 1.4826 * median(means.map((mean) => Math.abs(mean - centre))))
  for (const [index, who] of reporting.entries()) {
    const uncertainty = 1 / (precision[who] as number)
    yield [who, Math.abs((means[index] as number) - centre) / Math.sqrt(spread ** 2 + uncertainty)]
  }
}

/** The residuals of every instance's units, each worth what it is precise. */
function sumByInstance({ units, effects, noise }: MetricFit, instances: number) {
  const { count, fade, mean } = units
  const { size, cell, instance } = units.pairs
  const { event, unit } = noise
  const precision = new Float64Array(instances)
  const weighted = new Float64Array(instances)
  for (let pair = 0; pair < size; pair++) {
    const n = count[pair] as number
    const who = instance[pair] as number
    const weight = ((fade[pair] as number) * n) / (unit * n + event)
    const off = (mean[pair] as number) - (effects.location[cell[pair] as number] as number)
    precision[who] = (precision[who] as number) + weight
    weighted[who] = (weighted[who] as number) + weight * off
  }
  return { precision, weighted }
}

function median(values: Float64Array): number {
  const sorted = values.toSorted()
  const middle = sorted.length >> 1
  const upper = sorted[middle] ?? 0
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? 0) + upper) / 2
}
