import type { ServerConfig } from '../config/settings.ts'
import type { RequestHook } from '../http/authenticate.ts'
import type { ServerMetrics } from '../http/metrics.ts'
import type { OtlpServices } from '../http/otlp/otlp-services.ts'
import type { Chore } from '../housekeeping.ts'
import { GroupCommit, type GroupCommitOptions } from '../ingest/group-commit.ts'
import type { IngestEvents } from '../ingest/ingest-events.ts'
import type { OtlpStore } from '../storage/otlp-store.ts'
import { otlpCounters } from './otlp-counters.ts'
import { type OtlpCommits, receiveOtlp } from './receive-otlp.ts'
import { settleTasks } from './settle-tasks.ts'
import type { CostOf } from './task-event.ts'

/** Longest time that a finished task waits for its event beyond `otlpTaskQuietMs`. */
const MAX_SETTLE_LAG_MS = 30_000

/** Puts together what OpenTelemetry needs: a way in, a way out, and the work in between. */
export function openOtlp(parts: {
  readonly config: Pick<ServerConfig, 'otlpTaskQuietMs'>
  readonly store: OtlpStore
  readonly ingest: IngestEvents
  readonly metrics: Pick<ServerMetrics, 'registry'>
  readonly limits: GroupCommitOptions
  readonly requireKey: RequestHook
  readonly nowMs: () => number
  readonly listPrice?: CostOf | undefined
}): { readonly services: OtlpServices; readonly commits: OtlpCommits; readonly chore: Chore } {
  const { config, store, ingest, requireKey, nowMs } = parts
  const counters = otlpCounters(parts.metrics.registry)
  const commits: OtlpCommits = new GroupCommit((batches) => store.appendOtlp(batches), parts.limits)
  const quietMs = config.otlpTaskQuietMs
  const costOf: CostOf = (request) => request.cost_usd_micros ?? parts.listPrice?.(request)
  return {
    services: { receive: receiveOtlp(commits, counters, nowMs), store, requireKey, nowMs },
    commits,
    chore: {
      name: 'make events of finished tasks that OpenTelemetry told',
      pauseMs: Math.min(MAX_SETTLE_LAG_MS, quietMs),
      isDoneAtStop: false,
      work: () => settleTasks({ store, ingest, counters, costOf, quietMs, nowMs }),
    },
  }
}
