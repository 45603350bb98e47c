import type { JsonHttp } from '../delivery/json-http.ts'
import type { Journal, RunCounts } from './run-platform.ts'

/** What `getStats()` answers. */
export type RunStats = RunCounts | { readonly error: 'Statistics unavailable' }

export const UNAVAILABLE: RunStats = Object.freeze({ error: 'Statistics unavailable' })

/** Asks the server, else counts this machine's own records of the last days. */
export async function runStatistics(http: JsonHttp, journal: Journal | undefined): Promise<RunStats> {
  const result = await http.get('/metrics', new AbortController().signal)
  const counts = result.kind === 'answer' && result.status === 200 ? readCounts(result.body) : undefined
  return counts ?? (await journal?.countRuns()) ?? UNAVAILABLE
}

function readCounts(body: unknown): RunCounts | undefined {
  const { agents, recent_24h, total_runs } = (body ?? {}) as Partial<Record<keyof RunCounts, unknown>>
  const isRight =
    typeof total_runs === 'number' &&
    typeof recent_24h === 'number' &&
    typeof agents === 'object' &&
    agents !== null
  return isRight ? { total_runs, agents: agents as RunCounts['agents'], recent_24h } : undefined
}
