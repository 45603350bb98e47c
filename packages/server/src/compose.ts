import { getRandomValues } from 'node:crypto'

import { uuidV7Generator } from '@mosaicstack/telemetry-client/protocol'

import { administration } from './auth/administration.ts'
import type { KeyRing } from './auth/key-ring.ts'
import type { ServerConfig } from './config/settings.ts'
import { openDashboard } from './dashboard/open-dashboard.ts'
import { requireAdmin, requireKey, requireRunToken } from './http/authenticate.ts'
import { BodyBudget } from './http/body-budget.ts'
import { serverMetrics } from './http/metrics.ts'
import { RateLimit } from './http/rate-limit.ts'
import { requireRoom } from './http/require-room.ts'
import type { RunServices } from './http/runs/run-services.ts'
import type { Services } from './http/services.ts'
import { GroupCommit, type GroupOutcome } from './ingest/group-commit.ts'
import { type EventCommits, ingestEvents } from './ingest/ingest-events.ts'
import type { Chore } from './housekeeping.ts'
import { intakeSteps } from './ingest/steps.ts'
import { BusyTime } from './lifecycle/busy-time.ts'
import { retentionChores } from './operations/retention-chore.ts'
import { openOtlp } from './otlp/open-otlp.ts'
import type { CostOf } from './otlp/task-event.ts'
import type { Projection } from './predictions/projection.ts'
import type { Predictions } from './open-predictions.ts'
import { RunMetadataCache } from './runs/run-metadata.ts'
import type { EventRows } from './storage/event-rows.ts'
import type { AppendedRows, Store } from './storage/store.ts'
import { version } from './version.ts'

/** Beyond this a larger transaction is hardly faster, and everybody in it waits longer. */
const MAX_GROUP_EVENTS = 2000

/** A tenth of what clients wait for an answer: whoever is taken is answered in time. */
const MAX_WAIT_MS = 1000

export interface Parts {
  readonly config: ServerConfig
  readonly store: Store
  readonly keys: KeyRing
  readonly predictions: Predictions
  readonly nowMs: () => number
  /** For requests whose sender names no cost. */
  readonly listPrice?: CostOf | undefined
  /** Where the built page of the dashboard lies, if not in its package. */
  readonly dashboardDirectory?: string | undefined
}

/** Puts the parts together into what the routes work with. */
export function compose({ config, store, keys, predictions, nowMs, listPrice, dashboardDirectory }: Parts): {
  readonly services: Services
  /** Everything that commits, to be waited for at the end. */
  readonly commits: readonly { drained(): Promise<void> }[]
  readonly chores: readonly Chore[]
} {
  const { projector, forgetting } = predictions
  const metrics = serverMetrics({
    waitingEvents: () => commits.waitingEvents,
    bodyBytesUnderWay: () => bodies.bytesUnderWay,
    unsavedEvents: () => projector.unsavedEvents,
    forecastLagMs: () => predictions.forecasting.lagMs,
    calibration: () => predictions.forecasts.calibration,
    setAside: predictions.setAside,
    shareViolations: predictions.shareViolations,
    notPredicted: predictions.notPredicted,
    storeSizeBytes: async () => (await store.status()).sizeBytes,
  })
  const storeTime = new BusyTime()
  const dashboard = openDashboard({
    config,
    store,
    registry: metrics.registry,
    calibration: () => predictions.forecasts.calibration,
    version,
    commitBusyMs: () => storeTime.busyMs,
    directory: dashboardDirectory,
    nowMs,
  })
  const limits = {
    maxGroupEvents: MAX_GROUP_EVENTS,
    maxWaitingEvents: config.maxWaitingEvents,
    maxWaitMs: MAX_WAIT_MS,
  }
  const bodies = new BodyBudget(config.maxBytesUnderWay)
  const commits: EventCommits = new GroupCommit(
    (requests) =>
      storeTime.during(() => metrics.timingCommit(() => appendAndFold(store, projector, requests), requests)),
    { ...limits, groupsAtOnce: store.groupsAtOnce, furtherGroupEvents: store.furtherGroupEvents },
  )
  const rateLimit = config.rateLimitEnabled ? new RateLimit(config.rateLimitRpm, nowMs) : undefined

  const runCommits: RunServices['commits'] = new GroupCommit(
    (requests) =>
      metrics.timingCommit(async () => {
        const outcome = await storeTime.during(() => store.writeRuns(requests.map(({ writes }) => writes)))
        if (outcome.kind === 'stored') dashboard.services.live.hint('runs')
        return outcome
      }, requests),
    limits,
  )
  const metadata = new RunMetadataCache(store, nowMs)

  // Ids in the order of time keep the index warm: half the cost of random ones at five million events.
  const newEventId = uuidV7Generator((bytes) => void getRandomValues(bytes), nowMs)

  const ingest = metrics.counting(ingestEvents(intakeSteps(newEventId), commits, nowMs))
  const requireInstanceKey = requireKey({ keys, rateLimit, nowMs })
  const otlp = openOtlp({
    config,
    store,
    ingest,
    metrics,
    limits,
    requireKey: requireInstanceKey,
    nowMs,
    listPrice,
  })

  const services: Services = {
    version,
    ingest,
    predictions: predictions.answering,
    administration: administration(store, nowMs, {
      onKeysChanged: () => keys.refresh(),
      async onInstanceDeleted() {
        await forgetting.catchUp()
        dashboard.services.live.hint('numbers')
      },
    }),
    store,
    metrics,
    requireKey: requireInstanceKey,
    requireRoom: requireRoom(commits, metrics.eventsTurnedAway),
    bodies,
    requireKeyToPredict: requireKey({ keys, rateLimit, nowMs, isOptional: config.publicPredictions }),
    requireAdmin: requireAdmin(config.adminToken, dashboard.services.access.isAdminSession),
    runs: {
      commits: runCommits,
      store,
      metadata,
      requireRunToken: requireRunToken({ token: config.auth ? config.authToken : null, rateLimit }),
      nowMs,
    },
    otlp: otlp.services,
    dashboard: dashboard.services,
  }
  const retention = retentionChores({ config, store, registry: metrics.registry, nowMs })
  return {
    services,
    commits: [commits, runCommits, otlp.commits],
    chores: [otlp.chore, dashboard.chore, ...retention],
  }
}

/** What is stored is folded before anybody is told, so that an acknowledged event is in the next prediction. */
async function appendAndFold(
  store: Store,
  projector: Projection,
  requests: readonly EventRows[],
): Promise<GroupOutcome<AppendedRows>> {
  const outcome = await store.appendEvents(requests)
  if (outcome.kind !== 'stored') return outcome
  const { requests: appended, position } = outcome
  return {
    kind: 'stored',
    requests: appended,
    beforeTelling: () => projector.fold({ requests, appended, position }),
  }
}
