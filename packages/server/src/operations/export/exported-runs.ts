import { type RunFieldRule, runFields } from '@mosaicstack/telemetry-client/protocol'

import { viewRun, viewRunEvent } from '../../runs/run-view.ts'
import type { RunStore, StoredRun } from '../../storage/run-store.ts'
import type { ExportColumn, ExportRow, ExportSpan, ExportTable } from './export-row.ts'

const RUNS_AT_ONCE = 500

/** The agent runs as the API shows them, newest first; with their timelines where the format has room for them. */
export function exportedRuns(
  store: Pick<RunStore, 'listRuns' | 'listRunEvents'>,
  span: ExportSpan,
  { withTimelines }: { readonly withTimelines: boolean },
): ExportTable {
  return {
    columns: withTimelines ? [...COLUMNS, { name: 'events', kind: 'json', isNullable: false }] : COLUMNS,
    async *pages() {
      for await (const runs of readRuns(store, span)) {
        const rows: ExportRow[] = []
        for (const run of runs) {
          const timeline = withTimelines ? await store.listRunEvents(run.event_id) : undefined
          const events = timeline?.map(viewRunEvent)
          rows.push({ ...viewRun(run), ...(events && { events: events as never }) })
        }
        yield rows
      }
    },
  }
}

const KINDS: { readonly [kind in RunFieldRule['kind']]?: ExportColumn['kind'] } = {
  count: 'integer',
  flag: 'boolean',
  json: 'json',
}

const COLUMNS: readonly ExportColumn[] = Object.entries(runFields).map(([name, rule]) => ({
  name,
  kind: KINDS[(rule as RunFieldRule).kind] ?? 'text',
  isNullable: true,
}))

async function* readRuns(
  store: Pick<RunStore, 'listRuns'>,
  { fromMs, beforeMs }: ExportSpan,
): AsyncGenerator<readonly StoredRun[]> {
  let after: { readonly createdAtUs: number; readonly runNo: number } | undefined
  for (;;) {
    const runs = await store.listRuns({
      createdAfterUs: fromMs === undefined ? undefined : fromMs * 1000 - 1,
      createdBeforeUs: beforeMs === undefined ? undefined : beforeMs * 1000,
      after,
      limit: RUNS_AT_ONCE,
      offset: 0,
    })
    yield runs
    const last = runs.at(-1)
    if (last === undefined || runs.length < RUNS_AT_ONCE) return
    after = { createdAtUs: last.created_at_us, runNo: last.run_no }
  }
}
