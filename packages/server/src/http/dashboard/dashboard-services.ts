import type { LoginAttempts } from '../../auth/login-attempts.ts'
import type { Sessions } from '../../auth/sessions.ts'
import type { LiveHints } from '../../dashboard/live-hints.ts'
import type { HealthSources } from '../../dashboard/panels/health.ts'
import type { RollupReader } from '../../dashboard/rollup-reader.ts'
import type { DashboardAccess } from './dashboard-access.ts'

/** What the routes of the dashboard work with. */
export interface DashboardServices {
  readonly reader: RollupReader
  readonly health: HealthSources
  readonly live: LiveHints
  readonly access: DashboardAccess
  readonly sessions: Sessions
  readonly attempts: LoginAttempts
  /** Where the built page lies. */
  readonly directory: string
  readonly nowMs: () => number
}
