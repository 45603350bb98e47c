import type { RunRecord } from '@mosaicstack/telemetry-client/protocol'

import type { RunApi } from './run-api.ts'

const PAGE = 1000
/** Ids of the caller's own tell no time, so the newest runs are searched: these many. */
const MAX_SEARCHED = 10 * PAGE

/** Finds a run by its event id or its run id, the newest one where several share it. */
export async function findRun(api: RunApi, id: string): Promise<RunRecord | undefined> {
  const byEventId = await api.find(id)
  if (byEventId !== undefined) return byEventId

  const time = startOf(id)
  const query = time === undefined ? {} : { start_time_from: time.from, start_time_to: time.to }
  for (let offset = 0; offset < MAX_SEARCHED; offset += PAGE) {
    const page = await api.list({ ...query, limit: String(PAGE), offset: String(offset) })
    const found = page.find(({ run_id }) => run_id === id)
    if (found !== undefined || page.length < PAGE) return found
  }
  return undefined
}

/** Generated ids begin with their start, to the second: `20251210T120530Z-…`. */
function startOf(runId: string): { readonly from: string; readonly to: string } | undefined {
  const match = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z-/.exec(runId)
  if (match === null) return undefined
  const [, year, month, day, hour, minute, second] = match
  const startMs = Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`)
  if (Number.isNaN(startMs)) return undefined
  return { from: new Date(startMs - 2000).toISOString(), to: new Date(startMs + 2000).toISOString() }
}
