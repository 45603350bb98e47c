import type { Effects } from './backfit.ts'
import { countContributors, usedGroups } from './contributors.ts'
import { layOutEffects } from './effect-layout.ts'
import type { EffectLayout } from './effect-layout.ts'
import { runPasses, startMetricFit } from './metric-fit.ts'
import type { MetricFit } from './metric-fit.ts'
import { decayByAge, poolUnits } from './pooled-units.ts'
import { trustInstances } from './quarantine.ts'
import { fitScales } from './scales.ts'
import type { Scales } from './scales.ts'
import { fitSuccess } from './success-fit.ts'
import type { UnitColumns } from './unit-columns.ts'
import type { Noise } from './unit-weights.ts'
import { fitZeroShares } from './zero-shares.ts'

/** Half-lives of the memories in days, the longest first: the first is the reference that the others must beat. */
export const memoryDays = [180, 45, 14] as const
export const MEMORY_COUNT = memoryDays.length

/** Days older than this count as being this old. */
const MAX_AGE_DAYS = 400
/** Passes before and after each judgement of the instances; a fit has settled to a thousandth of its noise after ten. */
const FIRST_PASSES = 4
const NEXT_PASSES = 3

export interface FitOptions {
  /** UTC days since 1970. */
  readonly today: number
  /** Distinct instances that an effect needs. `auto`: a quarter of all instances, 1 to 5. */
  readonly minInstances: 'auto' | number
}

/** What one memory knows of one metric. */
export interface FittedMemory {
  readonly effects: Effects
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
  readonly success: Effects | undefined
}

/** Fits everything from the units. Takes long: run it off the request path. */
export function fitForecast(units: UnitColumns, options: FitOptions): ForecastFit {
  const layout = layOutEffects(units.cells)
  const minInstances = leastInstances(options.minInstances, units.instances.length)
  const judged = judgeInstances(units, layout, options.today, minInstances)
  const { trust } = judged
  const contributors = countContributors(layout, { ...units, trust })
  const instances = trust.reduce((sum, own) => sum + (own > 0 ? 1 : 0), 0)

  const isUsed = usedGroups(contributors, minInstances)
  const [longDecay] = decays()
  return {
    today: options.today,
    minInstances,
    layout,
    contributors,
    instances,
    distrusted: new Map(
      units.instances.flatMap((name, who) =>
        (trust[who] as number) < 1 ? [[name, trust[who] as number]] : [],
      ),
    ),
    metrics: judged.fits.map((fit, metric) =>
      instances >= minInstances && fit.units.size > 0
        ? fitMemories(units, metric, fit, options.today, minInstances, trust)
        : undefined,
    ),
    zeroShares: units.metrics.map((metric) => fitZeroShares(units, metric, trust, minInstances)),
    success:
      instances >= minInstances
        ? fitSuccess(units, layout, longDecay, options.today, trust, isUsed)
        : undefined,
  }
}

/** k of the privacy rule. */
function leastInstances(setting: 'auto' | number, instances: number): number {
  return setting === 'auto' ? Math.max(1, Math.min(5, Math.floor(instances / 4))) : setting
}

function decays(): [Float64Array, ...Float64Array[]] {
  return memoryDays.map((days) => decayByAge(days, MAX_AGE_DAYS)) as [Float64Array, ...Float64Array[]]
}

/** Fits the longest memory of every metric and, from what it leaves, whom to trust. */
function judgeInstances(
  units: UnitColumns,
  layout: EffectLayout,
  today: number,
  minInstances: number,
): { readonly fits: readonly MetricFit[]; readonly trust: Float64Array } {
  const [decay] = decays()
  let trust: Float64Array = new Float64Array(units.instances.length).fill(1)
  const fits = units.metrics.map((metric) =>
    startMetricFit(poolUnits(units, metric, decay, today), layout, units.cells.length, trust),
  )
  for (const passes of [FIRST_PASSES, NEXT_PASSES]) {
    for (const fit of fits) runPasses(fit, passes, usedBy(fit, trust, minInstances), trust)
    trust = trustInstances(fits, units.instances.length)
  }
  return { fits, trust }
}

function usedBy(
  { layout, units }: MetricFit,
  trust: Float64Array,
  minInstances: number,
): readonly Uint8Array[] {
  return usedGroups(countContributors(layout, { ...units, trust }), minInstances)
}

/** Brings the longest memory to its end and lets the shorter ones begin where it stands. */
function fitMemories(
  units: UnitColumns,
  metric: number,
  longest: MetricFit,
  today: number,
  minInstances: number,
  trust: Float64Array,
): readonly FittedMemory[] {
  const isUsed = usedBy(longest, trust, minInstances)
  const columns = units.metrics[metric]
  return decays().map((decay, memory) => {
    if (memory === 0 || columns === undefined) return finish(longest, isUsed, trust)
    return finish(beginWhere(longest, poolUnits(units, columns, decay, today)), isUsed, trust)
  })
}

function beginWhere(from: MetricFit, units: MetricFit['units']): MetricFit {
  const { effects } = from
  return {
    ...from,
    units,
    effects: {
      mean: effects.mean,
      values: effects.values.map((values) => values.slice()),
      variances: effects.variances.map((variances) => variances.slice()),
      prior: effects.prior.slice(),
      location: effects.location.slice(),
    },
    residuals: { value: new Float64Array(units.size), leverage: new Float64Array(units.size) },
    weights: new Float64Array(units.size),
  }
}

function finish(fit: MetricFit, isUsed: readonly Uint8Array[], trust: Float64Array): FittedMemory {
  runPasses(fit, NEXT_PASSES, isUsed, trust)
  return { effects: fit.effects, noise: fit.noise, scales: fitScales(fit, isUsed) }
}
