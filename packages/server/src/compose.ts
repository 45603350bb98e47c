import { randomUUID } from 'node:crypto'

import { administration } from './auth/administration.ts'
import type { KeyRing } from './auth/key-ring.ts'
import type { ServerConfig } from './config/settings.ts'
import { requireAdmin, requireKey } from './http/authenticate.ts'
import { serverMetrics } from './http/metrics.ts'
import { RateLimit } from './http/rate-limit.ts'
import type { Services } from './http/services.ts'
import { GroupCommit } from './ingest/group-commit.ts'
import { ingestEvents } from './ingest/ingest-events.ts'
import { intakeSteps } from './ingest/steps.ts'
import type { Predictor } from './predictions/predictor.ts'
import type { Projector } from './predictions/projector.ts'
import type { Store } from './storage/store.ts'
import { version } from './version.ts'

/** Beyond this a larger transaction is hardly faster, and everybody in it waits longer. */
const MAX_GROUP_EVENTS = 2000

export interface Parts {
  readonly config: ServerConfig
  readonly store: Store
  readonly keys: KeyRing
  readonly predictor: Predictor
  readonly projector: Projector
  readonly nowMs: () => number
}

/** Puts the parts together into what the routes work with. */
export function compose({ config, store, keys, predictor, projector, nowMs }: Parts): {
  readonly services: Services
  readonly commits: GroupCommit
} {
  const metrics = serverMetrics({ waitingEvents: () => commits.waitingEvents })
  const commits = new GroupCommit(
    (requests) => metrics.timingCommit(() => store.appendEvents(requests), requests),
    (group) => projector.fold(group),
    { maxGroupEvents: MAX_GROUP_EVENTS, maxWaitingEvents: config.maxWaitingEvents },
  )
  const rateLimit = config.rateLimitEnabled ? new RateLimit(config.rateLimitRpm, nowMs) : undefined

  const services: Services = {
    version,
    ingest: metrics.counting(ingestEvents(intakeSteps(randomUUID), commits, nowMs)),
    predictor,
    administration: administration(store, nowMs, () => keys.refresh()),
    store,
    metrics,
    requireKey: requireKey({ keys, rateLimit, nowMs }),
    requireKeyToPredict: requireKey({ keys, rateLimit, nowMs, isOptional: config.publicPredictions }),
    requireAdmin: requireAdmin(config.adminToken),
  }
  return { services, commits }
}
