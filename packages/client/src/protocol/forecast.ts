/** What a forecast speaks about. */
export type ForecastMetricName = 'input_tokens' | 'output_tokens' | 'cost_usd_micros' | 'duration_ms'

/** A limit that the next task may exceed. */
export interface ForecastBudget {
  readonly metric: ForecastMetricName
  /** In the metric's own unit: tokens, micro-dollars, milliseconds. */
  readonly budget: number
}

/**
 * What the next task will take: a calibrated distribution, pooled over all levels. Unlike the percentiles of
 * `prediction`, which say what was observed at one level, these are meant to hold for a task that has not begun: four of
 * five tasks end between p10 and p90.
 */
export interface Forecast {
  /** A metric is absent where too few instances reported it, or where most tasks of the model report none. */
  readonly input_tokens?: ForecastDistribution
  readonly output_tokens?: ForecastDistribution
  readonly cost_usd_micros?: ForecastDistribution
  readonly duration_ms?: ForecastDistribution
  /** Absent where too few instances reported. */
  readonly success_probability?: ForecastProbability
  /** Expected cost of all attempts until one succeeds. Absent without a forecast of cost or success. */
  readonly cost_per_success_usd_micros?: number
  /** One for each budget that was asked about and whose metric is forecast. */
  readonly exceeds: readonly ForecastRisk[]
  readonly evidence: ForecastEvidence
  readonly calibration: ForecastCalibration
}

/** Percentiles and mean in the metric's own unit, whole numbers. */
export interface ForecastDistribution {
  readonly p5: number
  readonly p10: number
  readonly p25: number
  readonly p50: number
  readonly p75: number
  readonly p90: number
  readonly p95: number
  readonly p99: number
  /** Above the median, as tasks have a long tail. Values beyond what an event may report count as the most it may. */
  readonly mean: number
}

/** A probability, 0 to 1, and the interval that holds it with a certainty of 90 %. */
export interface ForecastProbability {
  readonly value: number
  readonly p5: number
  readonly p95: number
}

export interface ForecastRisk extends ForecastBudget {
  /** Chance that the next task takes more, 0 to 1. */
  readonly probability: number
}

export interface ForecastEvidence {
  /** How many tasks of this very kind, known alone, would say as much. Of the metric that is known least. */
  readonly effective_samples: number
  /** Instances behind the most specific group that was used; 0 where the kind of task is new. */
  readonly instances: number
  /** Half-life of the memory in use, days; the shortest among the metrics. */
  readonly memory_days: number
}

/** How earlier forecasts turned out, all metrics together. */
export interface ForecastCalibration {
  /** Share of tasks that p10 to p90 is meant to hold. */
  readonly target: number
  /** Share that it held in the last 30 days; null before any. */
  readonly observed_30d: number | null
  /** Forecasts judged in those days. */
  readonly n: number
}
