import type {
  DashboardSession,
  EstimatesAnswer,
  FiltersAnswer,
  GatesAnswer,
  HealthAnswer,
  PredictionQuery,
  PredictionResponse,
  RunRecord,
  RunTimelineEvent,
  SpendAnswer,
  WorthAnswer,
} from '@mosaicstack/telemetry-client/protocol'

import { ask } from './ask.ts'

type Signal = AbortSignal | undefined

/** The dashboard's endpoints, as docs/dashboard-api.md describes them. `query` is a query string without `?`. */
export const dashboardApi = {
  session: (signal?: Signal) => ask<DashboardSession>({ path: 'v1/dashboard/session' }, signal),
  filters: (signal?: Signal) => ask<FiltersAnswer>({ path: 'v1/dashboard/filters' }, signal),
  spend: (query: string, signal?: Signal) => ask<SpendAnswer>({ path: panelPath('spend', query) }, signal),
  worth: (query: string, signal?: Signal) => ask<WorthAnswer>({ path: panelPath('worth', query) }, signal),
  estimates: (query: string, signal?: Signal) =>
    ask<EstimatesAnswer>({ path: panelPath('estimates', query) }, signal),
  gates: (query: string, signal?: Signal) => ask<GatesAnswer>({ path: panelPath('gates', query) }, signal),
  health: (signal?: Signal) => ask<HealthAnswer>({ path: 'v1/dashboard/health' }, signal),
  forecast: (body: PredictionQuery, signal?: Signal) =>
    ask<PredictionResponse>({ method: 'POST', path: 'v1/dashboard/forecast', body }, signal),
  runs: (query: string, signal?: Signal) =>
    ask<readonly RunRecord[]>({ path: panelPath('runs', query) }, signal),
  run: (eventId: string, signal?: Signal) => ask<RunRecord>({ path: runPath(eventId) }, signal),
  timeline: (eventId: string, signal?: Signal) =>
    ask<readonly RunTimelineEvent[]>({ path: `${runPath(eventId)}/events` }, signal),
  login: (token: string) => ask<DashboardSession>({ method: 'POST', path: 'login', body: { token } }),
  logout: () => ask<undefined>({ method: 'POST', path: 'logout' }),
}

export type CsvPanel = 'spend' | 'worth' | 'estimates' | 'gates' | 'health' | 'runs'

/** Where the table of a panel is, ready for a spreadsheet. */
export function csvPath(panel: CsvPanel, query: string): string {
  return withQuery(`v1/dashboard/${panel}.csv`, query)
}

function panelPath(panel: CsvPanel, query: string): string {
  return withQuery(`v1/dashboard/${panel}`, query)
}

function withQuery(path: string, query: string): string {
  return query === '' ? path : `${path}?${query}`
}

function runPath(eventId: string): string {
  return `v1/dashboard/runs/${encodeURIComponent(eventId)}`
}
