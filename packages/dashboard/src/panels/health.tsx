import type { DashboardSource, HealthAnswer, ReasonCount } from '@mosaicstack/telemetry-client/protocol'

import { dashboardApi } from '../api/dashboard-api.ts'
import { useLive } from '../api/live.ts'
import { useAnswer } from '../api/use-answer.ts'
import { plainName, words } from '../format/names.ts'
import { bytes, count, NOTHING, percent } from '../format/numbers.ts'
import { ago, localMoment, longDay } from '../format/times.ts'
import { Card } from '../parts/card.tsx'
import { CsvLink } from '../parts/csv-link.tsx'
import { DataTable } from '../parts/data-table.tsx'
import { type KeyFigure, KeyFigures } from '../parts/key-figures.tsx'
import { PageHead } from '../parts/page-head.tsx'
import { Shown, TooLittle } from '../parts/shown.tsx'

/** Is the data complete, and the server well? */
export function HealthPage() {
  const { renewals } = useLive()
  const asking = useAnswer('health', (signal) => dashboardApi.health(signal), renewals.numbers)
  return (
    <>
      <PageHead
        title="Health"
        question="Is the data complete, and the server well?"
        actions={<CsvLink panel="health" query="" />}
      />
      <Shown asking={asking}>
        {(health) => (
          <>
            <KeyFigures figures={figures(health)} />
            <Sources sources={health.sources} />
            <div class="columns">
              <Reasons
                title="Rejected events"
                note="Since the server started. The sender was told each reason."
                none="No event was rejected."
                reasons={health.rejected_events}
              />
              <Reasons
                title="Requests turned away"
                note="Since the server started, before their events were looked at. Clients keep such events and send them again."
                none="No request was turned away."
                reasons={health.turned_away}
              />
            </div>
            <ServerFacts health={health} />
          </>
        )}
      </Shown>
    </>
  )
}

function figures({ checked_at: checkedAt, forecast, freshness, store }: HealthAnswer): readonly KeyFigure[] {
  const nowMs = Date.parse(checkedAt)
  const held = forecast?.observed_30d ?? undefined
  return [
    { label: 'Events', value: count(store.events), detail: `${bytes(store.size_bytes)} in ${store.engine}` },
    {
      label: 'Not counted yet',
      value: count(freshness.pending_events),
      detail:
        freshness.pending_events === 0 ? 'all stored events are counted' : 'stored, and counted shortly',
    },
    {
      label: 'Newest numbers',
      value: freshness.changed_at === null ? NOTHING : ago(freshness.changed_at, nowMs),
      detail: freshness.changed_at === null ? 'no event yet' : localMoment(freshness.changed_at),
    },
    {
      label: 'Forecasts that held',
      value: held === undefined ? NOTHING : percent(held),
      detail:
        held === undefined || forecast === null
          ? 'none was put to the test yet'
          : `of ${count(forecast.n)} in 30 days; ${percent(forecast.target)} is right`,
    },
  ]
}

function Sources({ sources }: { readonly sources: readonly DashboardSource[] }) {
  return (
    <Card
      title="Sources"
      note="Who sends, latest first. A source that has fallen silent is where data may be missing."
    >
      {sources.length === 0 ? (
        <TooLittle>There is no instance yet.</TooLittle>
      ) : (
        <DataTable
          caption="Sources"
          rows={sources}
          keyOf={({ harness, instance_id: id }) => `${id} ${harness ?? ''}`}
          columns={[
            { title: 'Source', cell: (source) => <SourceName source={source} /> },
            { title: 'Harness', cell: ({ harness }) => (harness === null ? NOTHING : words(harness)) },
            {
              title: 'Last day',
              cell: ({ last_day: day }) => (day === null ? 'never sent anything' : longDay(day.slice(0, 10))),
            },
            { title: 'Today', isNumber: true, cell: (source) => count(source.events_today) },
            { title: '7 days', isNumber: true, cell: (source) => count(source.events_7d) },
            {
              title: '30 days',
              isNumber: true,
              shownFrom: 'middle',
              cell: (source) => count(source.events_30d),
            },
            { title: 'All', isNumber: true, cell: (source) => count(source.events_total) },
            { title: 'Trust', isNumber: true, shownFrom: 'middle', cell: ({ trust }) => percent(trust) },
          ]}
        />
      )}
    </Card>
  )
}

function SourceName({ source: { instance_id: id, name } }: { readonly source: DashboardSource }) {
  return (
    <span class="source">
      {name !== null && <bdi class="name">{plainName(name)}</bdi>}
      <code title={id}>{name === null ? id : id.slice(0, 8)}</code>
    </span>
  )
}

function Reasons({
  title,
  note,
  none,
  reasons,
}: {
  readonly title: string
  readonly note: string
  readonly none: string
  readonly reasons: readonly ReasonCount[]
}) {
  const occurred = reasons.filter((each) => each.count > 0)
  const never = reasons.filter((each) => each.count === 0).map(({ reason }) => words(reason))
  return (
    <Card title={title} note={note}>
      {occurred.length === 0 ? (
        <p class="good">{none}</p>
      ) : (
        <DataTable
          caption={title}
          rows={occurred}
          keyOf={({ reason }) => reason}
          columns={[
            { title: 'Reason', cell: ({ reason }) => words(reason) },
            { title: 'How often', isNumber: true, cell: (row) => count(row.count) },
          ]}
        />
      )}
      {never.length > 0 && <p class="note">Never: {never.join(', ')}.</p>}
    </Card>
  )
}

function ServerFacts({
  health: { process, started_at: startedAt, version },
}: {
  readonly health: HealthAnswer
}) {
  return (
    <Card title="Server">
      <dl class="facts">
        <div>
          <dt>Version</dt>
          <dd>{version}</dd>
        </div>
        <div>
          <dt>Started</dt>
          <dd>{localMoment(startedAt)}</dd>
        </div>
        <div>
          <dt>Memory</dt>
          <dd>
            {bytes(process.rss_bytes)}, {bytes(process.heap_used_bytes)} of it heap
          </dd>
        </div>
        <div>
          <dt>Processor time</dt>
          <dd>{count(process.cpu_seconds)} s</dd>
        </div>
        <div>
          <dt>Pages that listen</dt>
          <dd>{count(process.listeners)}</dd>
        </div>
      </dl>
    </Card>
  )
}
