import type { Json, RunRecord, RunTimelineEvent } from '@mosaicstack/telemetry-client/protocol'
import type { ComponentChildren } from 'preact'

import { dashboardApi } from '../api/dashboard-api.ts'
import { useLive } from '../api/live.ts'
import { useAnswer } from '../api/use-answer.ts'
import { plainName, words } from '../format/names.ts'
import { count, duration } from '../format/numbers.ts'
import { localMoment, timeOfDay } from '../format/times.ts'
import { Shown, TooLittle } from '../parts/shown.tsx'
import { follow } from '../routing/location.ts'
import { Status } from './status.tsx'

/** One run: what it is, what went wrong, its timeline. */
export function RunDetail({ eventId, closeTo }: { readonly eventId: string; readonly closeTo: string }) {
  const { renewals } = useLive()
  const run = useAnswer(`run ${eventId}`, (signal) => dashboardApi.run(eventId, signal), renewals.runs)
  const timeline = useAnswer(
    `timeline ${eventId}`,
    (signal) => dashboardApi.timeline(eventId, signal),
    renewals.runs,
  )
  return (
    <section class="card run-detail" aria-label="The chosen run">
      <a class="button button-small run-close" href={closeTo} onClick={follow}>
        Close
      </a>
      <Shown asking={run}>{(record) => <Facts run={record} />}</Shown>
      <h3>Timeline</h3>
      <Shown asking={timeline}>{(events) => <Timeline events={events} />}</Shown>
    </section>
  )
}

function Facts({ run }: { readonly run: RunRecord }) {
  const facts: readonly (readonly [string, ComponentChildren])[] = [
    ['Job', plainName(run.job_type)],
    ['Run', plainName(run.run_id)],
    ['Started', localMoment(run.start_time)],
    ['Ended', known(run.end_time, localMoment)],
    ['Took', run.status === 'running' ? undefined : known(run.duration_ms, duration)],
    ['Started by', run.trigger_type],
    ['Host', run.host],
    ['Product', run.product],
    ['Items', itemsOf(run)],
    ['Input', run.input_summary],
    ['Output', run.output_summary],
    ['Repository', linkOr(run.repo_url, run.git_repo)],
    ['Branch', run.git_branch],
    ['Commit', linkOr(run.commit_url, run.git_commit_hash)],
  ]
  return (
    <>
      <h2>
        <bdi class="name">{plainName(run.agent_name)}</bdi>
      </h2>
      <Status status={run.status} />
      {typeof run.error_summary === 'string' && (
        <div class="run-problem">
          <strong>{plainName(run.error_summary)}</strong>
          {typeof run.error_details === 'string' && <pre tabIndex={0}>{run.error_details}</pre>}
        </div>
      )}
      <dl class="facts">
        {facts.map(([title, value]) =>
          value === undefined || value === null || value === '' ? null : (
            <div key={title}>
              <dt>{title}</dt>
              <dd>
                <bdi>{typeof value === 'string' ? plainName(value) : value}</bdi>
              </dd>
            </div>
          ),
        )}
      </dl>
    </>
  )
}

/** What a value reads as; nothing where there is none. */
function known<Value>(value: Value | null | undefined, format: (value: Value) => string): string | undefined {
  return value === null || value === undefined ? undefined : format(value)
}

/** Whatever somebody sent, only an address of the web becomes a link. */
function linkOr(url: string | null, text: string | null | undefined): ComponentChildren {
  const shown = text ?? url
  if (url === null || shown === null || !/^https?:\/\//i.test(url) || !URL.canParse(url)) return text
  return (
    <a href={url} rel="noreferrer noopener" target="_blank">
      {plainName(shown)}
      <span class="visually-hidden"> (opens in a new tab)</span>
    </a>
  )
}

function itemsOf(run: RunRecord): string | undefined {
  const parts = (['discovered', 'succeeded', 'failed', 'skipped'] as const).flatMap((what) => {
    const items = run[`items_${what}`]
    return typeof items === 'number' && items > 0 ? [`${count(items)} ${what}`] : []
  })
  return parts.length === 0 ? undefined : parts.join(', ')
}

function Timeline({ events }: { readonly events: readonly RunTimelineEvent[] }) {
  if (events.length === 0) return <TooLittle>Nothing was reported of what happened in it.</TooLittle>
  return (
    <ol class="timeline" aria-live="polite">
      {events.map((event, index) => (
        <li key={event.event_id ?? index}>
          <time dateTime={event.timestamp}>{timeOfDay(event.timestamp)}</time>
          <div>
            <bdi class="name">{words(event.event_type)}</bdi>
            {(event.payload ?? null) !== null && <Payload payload={event.payload ?? null} />}
          </div>
        </li>
      ))}
    </ol>
  )
}

/** Short values in a line, others folded away. */
function Payload({ payload }: { readonly payload: Json }) {
  const text = typeof payload === 'string' ? payload : JSON.stringify(payload)
  if (text.length <= 120) return <bdi class="payload">{plainName(text)}</bdi>
  return (
    <details>
      <summary class="payload">{plainName(text.slice(0, 100))}…</summary>
      <pre tabIndex={0}>{typeof payload === 'string' ? payload : JSON.stringify(payload, null, 2)}</pre>
    </details>
  )
}
