import type { ResolvedConfig } from './config.ts'
import type { Clock } from './delivery/clock.ts'
import type { Report } from './delivery/error-reporter.ts'
import { fetchJsonHttp, type JsonHttp } from './delivery/json-http.ts'
import type { Ledger } from './delivery/ledger.ts'
import type { Host } from './platform/host.ts'

/** What the parts of one client share. */
export interface ClientContext {
  readonly config: ResolvedConfig
  readonly host: Host
  readonly clock: Clock
  readonly ledger: Ledger
  readonly report: Report
}

export function httpOf({ clock, config, host }: ClientContext): JsonHttp {
  return fetchJsonHttp({ ...config, clock, gzip: host.gzip })
}
