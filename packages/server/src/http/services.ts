import type { Administration } from '../auth/administration.ts'
import type { IngestEvents } from '../ingest/ingest-events.ts'
import type { Answering } from '../predictions/answering.ts'
import type { Store } from '../storage/store.ts'
import type { RequestHook } from './authenticate.ts'
import type { BodyBudget } from './body-budget.ts'
import type { DashboardServices } from './dashboard/dashboard-services.ts'
import type { ServerMetrics } from './metrics.ts'
import type { OtlpServices } from './otlp/otlp-services.ts'
import type { RunServices } from './runs/run-services.ts'

/** What the routes work with. They know nothing of configuration or start-up. */
export interface Services {
  readonly version: string
  readonly ingest: IngestEvents
  readonly predictions: Answering
  readonly administration: Administration
  readonly store: Pick<Store, 'engine' | 'status' | 'failed'>
  readonly metrics: ServerMetrics
  readonly requireKey: RequestHook
  /** Turns a request with events away, unread, while too many wait. */
  readonly requireRoom: RequestHook
  readonly requireKeyToPredict: RequestHook
  readonly requireAdmin: RequestHook
  readonly bodies: BodyBudget
  readonly runs: RunServices
  readonly otlp: OtlpServices
  readonly dashboard: DashboardServices
}
