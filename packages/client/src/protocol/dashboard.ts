import type { QualityGate, TaskType } from './enums.ts'
import type { ForecastCalibration } from './forecast.ts'

/**
 * What the dashboard asks of a server, `/v1/dashboard/*`; docs/dashboard-api.md says it in prose. Money is in whole
 * micro-dollars, time in milliseconds, shares from 0 to 1. Days are UTC, `YYYY-MM-DD`, and those of the task's
 * `timestamp`; weeks are named by their Monday.
 */
export type DashboardDimension = 'model' | 'provider' | 'harness' | 'task_type' | 'complexity'

/** Which days an answer covers. */
export interface DashboardRange {
  /** First day, included. */
  readonly from: string
  /** Last day, included. */
  readonly to: string
  /** What `buckets` are: days up to 92 days, else weeks. */
  readonly bucket: 'day' | 'week'
}

/** How far an answer is behind the stored events. */
export interface DashboardFreshness {
  /** When the newest counted event arrived, ISO 8601 UTC; null before any. */
  readonly changed_at: string | null
  /** Events that are stored and not counted yet. */
  readonly pending_events: number
}

/** A number and the interval that holds it with a certainty of 90 %. */
export interface Interval {
  readonly value: number
  readonly low: number
  readonly high: number
}

/** What all panels' answers begin with. */
export interface DashboardAnswer {
  readonly range: DashboardRange
  readonly freshness: DashboardFreshness
}

/** What some tasks took together. */
export interface TaskSums {
  readonly tasks: number
  readonly successes: number
  /** Tasks that report a cost of 0: free, or of unknown cost. They are in `tasks` and add nothing to the cost. */
  readonly tasks_without_cost: number
  readonly cost_usd_micros: number
  /** The part of the cost that went into tasks that succeeded. */
  readonly cost_of_successes_usd_micros: number
  /** All input, cached included. */
  readonly input_tokens: number
  readonly output_tokens: number
  readonly duration_ms: number
  readonly retries: number
}

/** `key` is a member of the dimension asked for; null is all the rest together. Models have their canonical names. */
export interface Keyed {
  readonly key: string | null
}

/** `GET /v1/dashboard/spend` */
export interface SpendAnswer extends DashboardAnswer {
  readonly by: DashboardDimension
  readonly totals: TaskSums
  /** The same number of days just before. */
  readonly previous: TaskSums
  /** First day of each bucket, without gaps. */
  readonly buckets: readonly string[]
  /** The eight that cost most and the rest; an entry for each bucket. */
  readonly series: readonly SpendSeries[]
  /** Dearest first, 100 at most, then the rest. */
  readonly breakdown: readonly (Keyed & TaskSums)[]
}

export interface SpendSeries extends Keyed {
  readonly cost_usd_micros: readonly number[]
  readonly tasks: readonly number[]
}

/** `GET /v1/dashboard/worth` */
export interface WorthAnswer extends DashboardAnswer {
  /** Most tasks first, 100 at most. */
  readonly models: readonly ModelWorth[]
  readonly by_task_type: readonly { readonly task_type: TaskType; readonly models: readonly ModelWorth[] }[]
}

export interface ModelWorth {
  readonly model: string
  readonly tasks: number
  readonly successes: number
  readonly tasks_without_cost: number
  /** Wilson's interval. */
  readonly success_rate: Interval
  /** Mean over tasks with a cost; null where none has one. */
  readonly cost_per_task_usd_micros: number | null
  /**
   * Cost of all tasks that have one, by those of them that succeeded: what attempts cost until one succeeds. Null where fewer
   * than 5 tasks have a cost or fewer than 2 of them succeeded.
   */
  readonly cost_per_success_usd_micros: Interval | null
  readonly mean_duration_ms: number
  /** Whether there are enough tasks to compare by: 10 or more, 5 of them successes. */
  readonly is_enough: boolean
}

export type EstimatedMetric = 'input_tokens' | 'output_tokens' | 'cost_usd_micros'

/** `GET /v1/dashboard/estimates` */
export interface EstimatesAnswer extends DashboardAnswer {
  readonly by: DashboardDimension
  /** Bounds between the counts of `histogram`, actual by estimated: one fewer than there are counts. */
  readonly histogram_bounds: readonly number[]
  readonly totals: Readonly<Record<EstimatedMetric, EstimateSums & { readonly histogram: readonly number[] }>>
  /** Most tasks first, 100 at most, then the rest. */
  readonly breakdown: readonly (Keyed & {
    readonly tasks: number
    readonly metrics: Readonly<Record<EstimatedMetric, EstimateSums>>
  })[]
  /** Mondays, without gaps: the trend is by week whatever the range. */
  readonly weeks: readonly string[]
  readonly trend: Readonly<Record<EstimatedMetric, readonly EstimateSums[]>>
}

/** Over tasks where the estimate and the actual value are both above 0. */
export interface EstimateSums {
  readonly tasks: number
  readonly estimated: number
  readonly actual: number
  /** All actual by all estimated: above 1 means that estimates are too low. Null without tasks. */
  readonly correction: number | null
  /** Of single tasks' actual / estimated, read from a histogram whose classes are 41 % wide. Null below 5 tasks. */
  readonly p10: number | null
  readonly median: number | null
  readonly p90: number | null
}

/** `GET /v1/dashboard/gates` */
export interface GatesAnswer extends DashboardAnswer {
  readonly by: DashboardDimension
  readonly totals: GateSums
  /** All six, in the order of the protocol. */
  readonly gates: readonly {
    readonly gate: QualityGate
    /** Tasks that ran it. One that reports it as failed has run it. */
    readonly run: number
    readonly failed: number
    /** Null where no task ran it. */
    readonly pass_rate: Interval | null
  }[]
  /** Most tasks with gates first, 100 at most, then the rest. */
  readonly breakdown: readonly (Keyed & GateSums)[]
  readonly buckets: readonly string[]
  readonly trend: readonly GateSums[]
}

export interface GateSums {
  readonly tasks: number
  /** Tasks that name any gate. */
  readonly tasks_with_gates: number
  /** Those of them that passed all. */
  readonly passed: number
  /** Wilson's interval of passed by tasks with gates; null without any. */
  readonly pass_rate: Interval | null
}

/** `GET /v1/dashboard/filters`: what there is to choose from, over all days. */
export interface FiltersAnswer {
  readonly freshness: DashboardFreshness
  readonly first_day: string | null
  readonly last_day: string | null
  /** Most tasks first; 500 models at most. */
  readonly values: Readonly<
    Record<DashboardDimension, readonly { readonly value: string; readonly tasks: number }[]>
  >
}

/** `GET /v1/dashboard/health` */
export interface HealthAnswer {
  readonly checked_at: string
  readonly freshness: DashboardFreshness
  readonly version: string
  readonly started_at: string
  readonly store: {
    readonly engine: 'sqlite' | 'postgres'
    readonly size_bytes: number
    /** Counted events, without the pending ones. */
    readonly events: number
  }
  /** Latest first, 200 at most. An instance that never sent anything is there with null and zeros. */
  readonly sources: readonly DashboardSource[]
  /** Since the start of this process; a reason that never occurred is there with 0. */
  readonly rejected_events: readonly ReasonCount[]
  /** Requests refused before their events were looked at, since the start of this process. */
  readonly turned_away: readonly ReasonCount[]
  /** Null while there is no forecast. */
  readonly forecast: ForecastCalibration | null
  readonly process: {
    readonly rss_bytes: number
    readonly heap_used_bytes: number
    readonly cpu_seconds: number
    /** Listeners of `/v1/dashboard/events`. */
    readonly listeners: number
  }
}

/** Who sends, and with which harness. */
export interface DashboardSource {
  readonly instance_id: string
  readonly name: string | null
  readonly harness: string | null
  /** Midnight UTC before the newest event arrived; null without any. */
  readonly last_day: string | null
  /** By day of arrival: today, and the 7 and 30 days that end today. */
  readonly events_today: number
  readonly events_7d: number
  readonly events_30d: number
  readonly events_total: number
  /** How much predictions count the instance, 0 to 1. */
  readonly trust: number
}

export interface ReasonCount {
  readonly reason: string
  readonly count: number
}

export type DashboardRole = 'open' | 'viewer' | 'admin'

/** `GET /v1/dashboard/session`, which never asks for a login. */
export interface DashboardSession {
  /** `open`: this server asks nobody to log in. Null: log in first. */
  readonly role: DashboardRole | null
  /** Whether `/v1/admin/*` accepts this session. */
  readonly can_administer: boolean
  /** End of the session, ISO 8601 UTC. */
  readonly expires_at: string | null
}

/** Body of `POST /login`. */
export interface LoginRequest {
  readonly token: string
}

/** Names of the server-sent events of `/v1/dashboard/events`: which answers are worth asking for again. */
export type DashboardHint = 'numbers' | 'runs'
