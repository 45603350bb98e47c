import { useEffect, useState } from 'preact/hooks'

import { dashboardApi } from '../api/dashboard-api.ts'
import { useLive } from '../api/live.ts'
import { useAnswer } from '../api/use-answer.ts'
import { dayOf } from '../filters/days.ts'
import { FilterBar } from '../filters/filter-bar.tsx'
import {
  askedFilters,
  chosenCount,
  type Filters,
  noValues,
  readFilters,
  writeFilters,
} from '../filters/filters.ts'
import { longDay } from '../format/times.ts'
import { CsvLink } from '../parts/csv-link.tsx'
import { PageHead } from '../parts/page-head.tsx'
import { Empty, Shown } from '../parts/shown.tsx'
import { goTo, useQuery } from '../routing/location.ts'
import type { Known, Panel } from './panel.ts'

/** A panel about tasks with its filters, in whichever state it is. */
export function PanelPage<Answer>({ panel }: { readonly panel: Panel<Answer> }) {
  const query = useQuery()
  const filters = readFilters(query)
  const { renewals } = useLive()
  const known = useKnown(renewals.numbers)
  const change = (next: Filters) => {
    const target = writeFilters(next)
    const view = query.get('view')
    if (view !== null) target.set('view', view)
    goTo(target)
  }
  return (
    <>
      <PageHead title={panel.title} question={panel.question} />
      <FilterBar filters={filters} known={known} isSplit={panel.isSplit} onChange={change} />
      {known === undefined ? (
        <Shown asking={{ loaded: { kind: 'loading' }, retry: () => {} }}>{() => null}</Shown>
      ) : (
        <PanelAnswer panel={panel} filters={filters} known={known} onChange={change} />
      )}
    </>
  )
}

/** The last that the server said there is to choose from. */
function useKnown(renewal: number): Known {
  const { loaded } = useAnswer('filters', (signal) => dashboardApi.filters(signal), renewal)
  const [known, setKnown] = useState<Known>()
  useEffect(() => {
    if (loaded.kind === 'ready') setKnown(loaded.value)
    if (loaded.kind === 'failed') setKnown((before) => before ?? nothingKnown)
  }, [loaded])
  return known
}

const nothingKnown: NonNullable<Known> = {
  freshness: { changed_at: null, pending_events: 0 },
  first_day: null,
  last_day: null,
  values: { model: [], provider: [], harness: [], task_type: [], complexity: [] },
}

function PanelAnswer<Answer>({
  panel,
  filters,
  known,
  onChange,
}: {
  readonly panel: Panel<Answer>
  readonly filters: Filters
  readonly known: NonNullable<Known>
  readonly onChange: (filters: Filters) => void
}) {
  const { renewals } = useLive()
  const days = { first: known.first_day, last: known.last_day }
  const asked = askedFilters(filters, dayOf(Date.now()), days)
  if (!panel.isSplit) asked.delete('by')
  const query = asked.toString()
  const asking = useAnswer(query, (signal) => panel.load(query, signal), renewals.numbers)
  const { Body } = panel
  return (
    <Shown asking={asking}>
      {(answer) =>
        panel.isEmpty(answer) ? (
          <NothingHere text={panel.empty} filters={filters} known={known} onChange={onChange} />
        ) : (
          <>
            <Body answer={answer} filters={filters} />
            <p class="panel-foot">
              <CsvLink panel={panel.csv} query={query} />
              <span>Days are UTC.</span>
            </p>
          </>
        )
      }
    </Shown>
  )
}

function NothingHere({
  text,
  filters,
  known,
  onChange,
}: {
  readonly text: string
  readonly filters: Filters
  readonly known: NonNullable<Known>
  readonly onChange: (filters: Filters) => void
}) {
  if (known.first_day === null || known.last_day === null) return <NothingYet />
  return (
    <Empty title={text}>
      <p>
        There are tasks from {longDay(known.first_day)} to {longDay(known.last_day)}.
      </p>
      <p class="notice-actions">
        {filters.period.kind !== 'all' && (
          <button
            type="button"
            class="button"
            onClick={() => onChange({ ...filters, period: { kind: 'all' } })}
          >
            Show all days
          </button>
        )}
        {chosenCount(filters) > 0 && (
          <button type="button" class="button" onClick={() => onChange({ ...filters, values: noValues })}>
            Clear the filters
          </button>
        )}
      </p>
    </Empty>
  )
}

function NothingYet() {
  return (
    <Empty title="No task has been reported yet">
      <p>
        Import the logs that coding agents have left on this machine with <code>mosaic-telemetry import</code>
        , or report tasks with the SDK. They appear here by themselves.
      </p>
    </Empty>
  )
}
