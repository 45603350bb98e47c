import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'

import { LoginAttempts } from '../auth/login-attempts.ts'
import { Sessions } from '../auth/sessions.ts'
import type { Chore } from '../housekeeping.ts'
import { type AccessSettings, dashboardAccess } from '../http/dashboard/dashboard-access.ts'
import type { DashboardServices } from '../http/dashboard/dashboard-services.ts'
import type { Store } from '../storage/store.ts'
import { keepRollups } from './keep-rollups.ts'
import { LiveHints } from './live-hints.ts'
import type { HealthSources } from './panels/health.ts'
import { gaugeRollupLag } from './rollup-lag.ts'
import { RollupReader } from './rollup-reader.ts'

/** Puts together what the dashboard needs. */
export function openDashboard(parts: {
  readonly config: AccessSettings
  readonly store: Store
  readonly registry: HealthSources['registry']
  readonly calibration: HealthSources['calibration']
  readonly version: string
  /** Milliseconds in which commits were under way. */
  readonly commitBusyMs: () => number
  /** Where the built page lies, if not in its package. */
  readonly directory?: string | undefined
  readonly nowMs: () => number
}): { readonly services: DashboardServices; readonly chore: Chore } {
  const { config, store, nowMs } = parts
  const live = new LiveHints()
  const sessions = new Sessions(nowMs)
  const services: DashboardServices = {
    reader: new RollupReader(store),
    health: {
      store,
      registry: parts.registry,
      calibration: parts.calibration,
      listeners: () => live.listeners,
      version: parts.version,
      startedAtMs: nowMs(),
      nowMs,
    },
    live,
    access: dashboardAccess(config, sessions),
    sessions,
    attempts: new LoginAttempts(nowMs),
    directory: parts.directory ?? builtPage(),
    nowMs,
  }
  gaugeRollupLag(parts.registry, store)
  return { services, chore: keepRollups(store, live, parts) }
}

function builtPage(): string {
  const manifest = createRequire(import.meta.url).resolve('@mosaicstack/telemetry-dashboard/package.json')
  return join(dirname(manifest), 'dist')
}
