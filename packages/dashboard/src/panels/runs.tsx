import { type RunRecord, RunStatus } from '@mosaicstack/telemetry-client/protocol'
import { useEffect, useState } from 'preact/hooks'

import { dashboardApi } from '../api/dashboard-api.ts'
import { useLive } from '../api/live.ts'
import { useAnswer } from '../api/use-answer.ts'
import { plainName, words } from '../format/names.ts'
import { duration } from '../format/numbers.ts'
import { ago } from '../format/times.ts'
import { Choice } from '../parts/choice.tsx'
import { CsvLink } from '../parts/csv-link.tsx'
import { PageHead } from '../parts/page-head.tsx'
import { Empty, Shown } from '../parts/shown.tsx'
import { addressOf, follow, goTo, useQuery } from '../routing/location.ts'
import { RunDetail } from './run-detail.tsx'
import { Status } from './status.tsx'

/** Runs that are asked for at once. */
const PAGE_SIZE = 50

/** What are the agents doing now? */
export function RunsPage() {
  const query = useQuery()
  const { renewals } = useLive()
  const status = Object.values(RunStatus).find((each) => each === query.get('status'))
  const chosen = query.get('run')
  const [limit, setLimit] = useState(PAGE_SIZE)
  const asked = new URLSearchParams({
    limit: String(limit),
    ...(status !== undefined && { status }),
  }).toString()
  const asking = useAnswer(asked, (signal) => dashboardApi.runs(asked, signal), renewals.runs)
  const nowMs = useNow()

  return (
    <>
      <PageHead
        title="Runs"
        question="What are the agents doing now?"
        actions={<CsvLink panel="runs" query={asked} />}
      />
      <Choice
        label="Status"
        options={[
          ['all', 'All'] as const,
          ...Object.values(RunStatus).map((each) => [each, words(each)] as const),
        ]}
        chosen={status ?? 'all'}
        onChoose={(value) =>
          goTo(withRun(query, { status: value === 'all' ? undefined : value, run: undefined }))
        }
      />
      <div class={chosen === null ? 'runs' : 'runs has-detail'}>
        <Shown asking={asking}>
          {(runs) =>
            runs.length === 0 ? (
              <NoRuns isFiltered={status !== undefined} />
            ) : (
              <>
                <ul class="run-list" aria-label="Runs, newest first">
                  {runs.map((run) => (
                    <RunRow
                      key={run.event_id}
                      run={run}
                      isChosen={run.event_id === chosen}
                      nowMs={nowMs}
                      query={query}
                    />
                  ))}
                </ul>
                {runs.length === limit && (
                  <button type="button" class="button" onClick={() => setLimit(limit + PAGE_SIZE)}>
                    Show more
                  </button>
                )}
              </>
            )
          }
        </Shown>
        {chosen !== null && (
          <RunDetail key={chosen} eventId={chosen} closeTo={addressOf(withRun(query, { run: undefined }))} />
        )}
      </div>
    </>
  )
}

function withRun(
  query: URLSearchParams,
  changes: Readonly<Record<string, string | undefined>>,
): URLSearchParams {
  const next = new URLSearchParams(query)
  for (const [name, value] of Object.entries(changes)) {
    if (value === undefined) next.delete(name)
    else next.set(name, value)
  }
  return next
}

function RunRow({
  run,
  isChosen,
  nowMs,
  query,
}: {
  readonly run: RunRecord
  readonly isChosen: boolean
  readonly nowMs: number
  readonly query: URLSearchParams
}) {
  return (
    <li>
      <a
        href={addressOf(withRun(query, { run: run.event_id }))}
        onClick={follow}
        aria-current={isChosen ? 'true' : undefined}
      >
        <Status status={run.status} />
        <span class="run-what">
          <bdi class="name">{plainName(run.agent_name)}</bdi>
          <bdi class="run-job name">{plainName(run.job_type)}</bdi>
        </span>
        <span class="run-when">
          <time dateTime={run.start_time}>{ago(run.start_time, nowMs)}</time>
          <span>{tookOf(run, nowMs)}</span>
        </span>
        {typeof run.error_summary === 'string' && <bdi class="run-error">{plainName(run.error_summary)}</bdi>}
      </a>
    </li>
  )
}

function tookOf(run: RunRecord, nowMs: number): string {
  if (run.status !== 'running' && typeof run.duration_ms === 'number') return duration(run.duration_ms)
  const endMs = run.status === 'running' ? nowMs : Date.parse(run.end_time ?? '')
  const tookMs = endMs - Date.parse(run.start_time)
  return Number.isNaN(tookMs) ? '' : duration(Math.max(0, tookMs))
}

function NoRuns({ isFiltered }: { readonly isFiltered: boolean }) {
  return isFiltered ? (
    <Empty title="No run has this status" />
  ) : (
    <Empty title="No agent run has been reported yet">
      <p>
        Runs are reported with <code>startRun()</code> of the SDK or by <code>POST /api/v1/runs</code>, and
        appear here while they go on.
      </p>
    </Empty>
  )
}

/** The time, renewed every ten seconds. */
function useNow(): number {
  const [nowMs, setNowMs] = useState(Date.now)
  useEffect(() => {
    const timer = setInterval(() => setNowMs(Date.now()), 10_000)
    return () => clearInterval(timer)
  }, [])
  return nowMs
}
