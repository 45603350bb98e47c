import { leastInstances, type MinInstances } from '../min-instances.ts'
import { ContributorCounter, usedGroups } from './contributors.ts'
import type { Contributors } from './contributors.ts'
import { effectNames, layOutEffects } from './effect-layout.ts'
import type { EffectLayout } from './effect-layout.ts'
import { fittedEffects } from './fitted-effects.ts'
import type { FittedEffects } from './fitted-effects.ts'
import { beginWhere, runPasses, startMetricFit } from './metric-fit.ts'
import type { MetricFit } from './metric-fit.ts'
import { decayByAge, emptyPool, poolUnits } from './pooled-units.ts'
import { trustInstances } from './quarantine.ts'
import { fitScales } from './scales.ts'
import type { Scales } from './scales.ts'
import { fitSuccess } from './success-fit.ts'
import type { MetricColumns, UnitColumns } from './unit-columns.ts'
import { pairUnits } from './unit-pairs.ts'
import type { UnitPairs } from './unit-pairs.ts'
import type { Noise } from './unit-weights.ts'
import { fitZeroShares } from './zero-shares.ts'

/** Half-lives of the memories in days, the longest first: the first is the reference that the others must beat. */
export const memoryDays = [180, 45, 14] as const
export const MEMORY_COUNT = memoryDays.length

/** Days older than this count as being this old. */
const MAX_AGE_DAYS = 400
/**
 * Passes before and after each judgement of the instances. Six bring the longest memory to within a thousandth of its
 * noise (rms) of where thirty would, at 20 000 events; the losses of the backtest change in the fourth digit.
 */
const FIRST_PASSES = 2
const NEXT_PASSES = 2

export interface FitOptions {
  /** UTC days since 1970. */
  readonly today: number
  /** Distinct instances that an effect needs. */
  readonly minInstances: MinInstances
}

/** What one memory knows of one metric. */
export interface FittedMemory {
  readonly effects: FittedEffects
  readonly noise: Noise
  readonly scales: Scales
}

/** Everything that is fitted: plain data that crosses threads, a function of the units and the day alone. */
export interface ForecastFit {
  /** UTC days since 1970. */
  readonly today: number
  readonly minInstances: number
  readonly layout: EffectLayout
  /** Distinct trusted instances of every group, effect by effect. */
  readonly contributors: readonly Uint32Array[]
  /** Trusted instances in all. */
  readonly instances: number
  /** Instances that count less than fully, 0 to 1, by name. */
  readonly distrusted: ReadonlyMap<string, number>
  /** Metric by metric, memory by memory; undefined where no instance or too few reported the metric. */
  readonly metrics: readonly (readonly FittedMemory[] | undefined)[]
  /** Metric by metric, by model: the share of tasks without a value, where enough instances said so. */
  readonly zeroShares: readonly ReadonlyMap<string, number>[]
  readonly success: FittedEffects | undefined
}

/** What all metrics and memories of a fit share. */
interface Ground {
  readonly units: UnitColumns
  readonly pairs: UnitPairs
  readonly layout: EffectLayout
  readonly counter: ContributorCounter
  readonly today: number
  readonly minInstances: number
}

/** Whom a fit trusts, and whose contributions thus count. */
interface Judgement {
  readonly trust: Float64Array
  readonly contributors: Contributors
}

/** Fits everything from the units. Takes long: run it off the request path. */
export function fitForecast(units: UnitColumns, options: FitOptions): ForecastFit {
  const layout = layOutEffects(units.cells)
  const pairs = pairUnits(units)
  const counter = new ContributorCounter(units, layout, pairs)
  const minInstances = leastInstances(options.minInstances, units.instances.length)
  const ground = { units, pairs, layout, counter, today: options.today, minInstances }
  const { fits, trust, contributors } = judgeInstances(ground)
  const instances = trust.reduce((sum, own) => sum + (own > 0 ? 1 : 0), 0)
  const [longDecay] = decays()
  const ofModels = contributors.all[effectNames.indexOf('model')] as Uint32Array
  return {
    today: options.today,
    minInstances,
    layout,
    contributors: contributors.all,
    instances,
    distrusted: new Map(
      units.instances.flatMap((name, who) =>
        (trust[who] as number) < 1 ? [[name, trust[who] as number]] : [],
      ),
    ),
    metrics:
      instances >= minInstances
        ? fitMetrics(ground, fits, { trust, contributors })
        : fits.map(() => undefined),
    zeroShares: units.metrics.map((metric) =>
      fitZeroShares(units, layout, metric, trust, ofModels, minInstances),
    ),
    success:
      instances >= minInstances
        ? fitSuccess(
            units,
            pairs,
            layout,
            longDecay,
            options.today,
            trust,
            usedGroups(contributors.all, minInstances),
          )
        : undefined,
  }
}

function decays(): [Float64Array, ...Float64Array[]] {
  return memoryDays.map((days) => decayByAge(days, MAX_AGE_DAYS)) as [Float64Array, ...Float64Array[]]
}

/** Fits the longest memory of every metric and, from what it leaves, whom to trust. */
function judgeInstances(ground: Ground): Judgement & { readonly fits: readonly MetricFit[] } {
  const { units, pairs, layout, counter, today, minInstances } = ground
  const [decay] = decays()
  let trust: Float64Array = new Float64Array(units.instances.length).fill(1)
  let contributors = counter.count(trust)
  const fits = units.metrics.map((metric) =>
    startMetricFit(
      poolUnits(emptyPool(pairs), units, metric, decay, today),
      layout,
      units.cells.length,
      trust,
    ),
  )
  for (const passes of [FIRST_PASSES, NEXT_PASSES]) {
    for (const [metric, fit] of fits.entries()) {
      runPasses(fit, passes, usedGroups(contributors.metrics[metric] ?? [], minInstances), trust)
    }
    const before = trust
    trust = trustInstances(fits, units.instances.length)
    const isSame = trust.every((own, who) => (own === 0) === (before[who] === 0))
    if (!isSame) contributors = counter.count(trust)
  }
  return { fits, trust, contributors }
}

/** Brings the longest memory of every metric to its end and lets the shorter ones begin where it stands. */
function fitMetrics(
  { units, pairs, today, minInstances }: Ground,
  fits: readonly MetricFit[],
  { trust, contributors }: Judgement,
): readonly (readonly FittedMemory[] | undefined)[] {
  const pool = emptyPool(pairs)
  return fits.map((longest, metric) => {
    const columns = units.metrics[metric] as MetricColumns
    if (!longest.units.count.some((count) => count > 0)) return undefined
    const isUsed = usedGroups(contributors.metrics[metric] ?? [], minInstances)
    return decays().map((decay, memory) =>
      memory === 0
        ? finish(longest, isUsed, trust)
        : finish(beginWhere(longest, poolUnits(pool, units, columns, decay, today)), isUsed, trust),
    )
  })
}

function finish(fit: MetricFit, isUsed: readonly Uint8Array[], trust: Float64Array): FittedMemory {
  runPasses(fit, NEXT_PASSES, isUsed, trust)
  return { effects: fittedEffects(fit.effects), noise: fit.noise, scales: fitScales(fit, isUsed) }
}
