import type { Complexity, Provider, TaskType } from './enums.ts'
import type { Forecast } from './forecast.ts'

/** The four dimensions of a task that has not begun, and limits that it should not exceed. */
export interface PredictionQuery {
  readonly task_type: TaskType
  readonly model: string
  readonly provider: Provider
  readonly complexity: Complexity
  /**
   * Limits for the task, whole numbers in the metric's own unit: 2 000 000 micro-dollars are two dollars. How likely each
   * is to be exceeded stands in `forecast.exceeds`; a server that does not forecast ignores them.
   */
  readonly budget_input_tokens?: number | null | undefined
  readonly budget_output_tokens?: number | null | undefined
  readonly budget_cost_usd_micros?: number | null | undefined
  readonly budget_duration_ms?: number | null | undefined
}

/** Body of `POST /v1/predictions/batch`: 1 to 100 queries. */
export interface BatchPredictionRequest {
  readonly queries: readonly PredictionQuery[]
}

/** Answers, index for index with the queries. */
export interface BatchPredictionResponse {
  readonly results: readonly PredictionResponse[]
}

export interface PredictionResponse {
  /** Null where nothing is known at any level. */
  readonly prediction: PredictionData | null
  readonly metadata: PredictionMetadata
  /** What to expect of the next task. Absent from servers that do not forecast and while nothing is known. */
  readonly forecast?: Forecast
}

/** What was observed at one level, as exactly defined percentiles (type 6, halves rounded up). */
export interface PredictionData {
  readonly input_tokens: TokenDistribution
  readonly output_tokens: TokenDistribution
  readonly cost_usd_micros: { readonly median: number }
  readonly duration_ms: { readonly median: number }
  readonly correction_factors: CorrectionFactors
  readonly quality: QualityPrediction
}

export interface TokenDistribution {
  readonly p10: number
  readonly p25: number
  readonly median: number
  readonly p75: number
  readonly p90: number
}

/** Weighted median of actual / estimated tokens; above 1 means that estimates tend to be too low. */
export interface CorrectionFactors {
  readonly input: number
  readonly output: number
}

export interface QualityPrediction {
  /** Share of tasks that passed every gate, among those that ran any. */
  readonly gate_pass_rate: number
  readonly success_rate: number
}

/** `high` from 100 events and `medium` from 30, both only on an exact match; `none` without data. */
export type Confidence = 'high' | 'medium' | 'low' | 'none'

/** The query's own words for the dimensions that were kept, null for those that were dropped. */
export interface DimensionsMatched {
  readonly task_type: string | null
  readonly model: string | null
  readonly provider: string | null
  readonly complexity: string | null
}

export interface PredictionMetadata {
  /** Events at the level that answered, unweighted. */
  readonly sample_size: number
  /** How many dimensions were dropped; -1 without data. */
  readonly fallback_level: number
  readonly confidence: Confidence
  /** When the aggregate behind the answer was computed, ISO 8601 UTC. */
  readonly last_updated: string | null
  readonly dimensions_matched: DimensionsMatched | null
  readonly fallback_note: string | null
  /** Whether the server answered from its cache. */
  readonly cache_hit: boolean
  /** When the newest counted event arrived, ISO 8601 UTC. Absent from servers of other make, as are the fields below. */
  readonly newest_event_at?: string | null
  /** Distinct instances at the level. */
  readonly instances?: number
  /** The largest share of the weight that one instance holds, 0 to 1. */
  readonly max_instance_share?: number
  /** Kish's effective sample size after weighting. */
  readonly effective_sample_size?: number
  /** The model's name as predictions compare it. */
  readonly model_canonical?: string
}
