import { eventFields } from '@mosaicstack/telemetry-client/protocol'
import type {
  Forecast,
  ForecastBudget,
  ForecastCalibration,
  ForecastDistribution,
  ForecastEvidence,
  ForecastProbability,
} from '@mosaicstack/telemetry-client/protocol'
import type { Cell } from '../level-rules.ts'
import type { CalibrationFigures } from './calibration.ts'
import { EFFECT_COUNT } from './effect-layout.ts'
import { cellKey, forecastMetrics } from './forecast-event.ts'
import { memoryDays } from './forecast-fit.ts'
import type { ForecastSnapshot, Standing } from './forecast-snapshot.ts'
import { locate } from './location.ts'
import type { QuantileCurve } from './quantile-curve.ts'
import { expectedChance, logistic } from './success-fit.ts'

const TARGET = 0.8
/** Chances have four decimals; one that rounds to 0 still leaves a cost per success that is a number. */
const LEAST_CHANCE = 0.0001
/** Standard deviations from the middle of a normal to its 95th percentile. */
const NORMAL_P95 = 1.6448536

/** The largest ln value that an event may report, metric by metric. */
const maxLogs = [
  eventFields.actual_input_tokens,
  eventFields.actual_output_tokens,
  eventFields.actual_cost_usd_micros,
  eventFields.task_duration_ms,
].map(({ max }) => Math.log(max))

type MetricForecast = Standing & { readonly curve: QuantileCurve }

/** The `forecast` block of an answer; undefined where no metric is forecast. */
export function answerForecast(
  snapshot: ForecastSnapshot,
  cell: Cell,
  budgets: readonly ForecastBudget[],
  calibration: readonly CalibrationFigures[],
): Forecast | undefined {
  const groups = snapshot.groups(cell)
  const key = cellKey(cell)
  const metrics = forecastMetrics.map((_, metric) => snapshot.curve(metric, cell, groups, key))
  if (metrics.every((metric) => metric === undefined)) return undefined

  const known = distributions(metrics)
  const success = successProbability(snapshot, groups)
  const cost = known.cost_usd_micros
  return {
    ...known,
    ...(success !== undefined && { success_probability: success }),
    ...(success !== undefined &&
      cost !== undefined && {
        cost_per_success_usd_micros: Math.round(cost.mean / Math.max(LEAST_CHANCE, success.value)),
      }),
    exceeds: budgets.flatMap((asked) => {
      const metric = metrics[forecastMetrics.indexOf(asked.metric)]
      return metric === undefined ? [] : [{ ...asked, probability: chanceAbove(metric.curve, asked.budget) }]
    }),
    evidence: evidence(snapshot, groups, metrics),
    calibration: summariseCalibration(calibration),
  }
}

function distributions(metrics: readonly (MetricForecast | undefined)[]) {
  const known: { [Name in (typeof forecastMetrics)[number]]?: ForecastDistribution } = {}
  for (const [index, name] of forecastMetrics.entries()) {
    const metric = metrics[index]
    if (metric !== undefined) known[name] = distribution(metric.curve, maxLogs[index] as number)
  }
  return known
}

function distribution(curve: QuantileCurve, maxLog: number): ForecastDistribution {
  const at = (probability: number) => Math.round(Math.exp(Math.min(maxLog, curve.quantile(probability))))
  return {
    p5: at(0.05),
    p10: at(0.1),
    p25: at(0.25),
    p50: at(0.5),
    p75: at(0.75),
    p90: at(0.9),
    p95: at(0.95),
    p99: at(0.99),
    mean: Math.round(curve.meanOfExp(maxLog)),
  }
}

function successProbability(snapshot: ForecastSnapshot, groups: Int32Array): ForecastProbability | undefined {
  const { success } = snapshot.fit
  if (success === undefined) return undefined
  const located = locate(success, groups)
  const { location, uncertainty } = located
  const reach = NORMAL_P95 * Math.sqrt(uncertainty)
  return {
    value: rounded(expectedChance(located)),
    p5: rounded(logistic(location - reach)),
    p95: rounded(logistic(location + reach)),
  }
}

function chanceAbove(curve: QuantileCurve, budget: number): number {
  return budget < 1 ? 1 : rounded(1 - curve.cdf(Math.log(budget)))
}

function evidence(
  { fit, tables }: ForecastSnapshot,
  groups: Int32Array,
  metrics: readonly (MetricForecast | undefined)[],
): ForecastEvidence {
  const samples = metrics.flatMap((metric) => (metric === undefined ? [] : [metric.effectiveSamples]))
  let instances = 0
  for (let effect = EFFECT_COUNT - 1; effect >= 0 && instances < fit.minInstances; effect--) {
    instances = fit.contributors[effect]?.[groups[effect] as number] ?? 0
  }
  return {
    effective_samples: Math.round(10 * Math.min(...samples)) / 10,
    instances: instances < fit.minInstances ? 0 : instances,
    memory_days: Math.min(...tables.map(({ memory }) => memoryDays[memory] ?? memoryDays[0])),
  }
}

function summariseCalibration(figures: readonly CalibrationFigures[]): ForecastCalibration {
  const tasks = figures.reduce((sum, metric) => sum + metric.tasks, 0)
  const inside = figures.reduce((sum, metric) => sum + metric.inside, 0)
  return { target: TARGET, observed_30d: tasks === 0 ? null : rounded(inside / tasks), n: tasks }
}

/** Four decimals. */
function rounded(share: number): number {
  return Math.round(share * 10_000) / 10_000
}
