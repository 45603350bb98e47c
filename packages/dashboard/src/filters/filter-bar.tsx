import type { DashboardDimension } from '@mosaicstack/telemetry-client/protocol'

import { dimensionNames, memberName } from '../format/names.ts'
import type { Known } from '../panels/panel.ts'
import { Choice } from '../parts/choice.tsx'
import { dayOf } from './days.ts'
import { chosenCount, daysOf, dimensions, type Filters, noValues, presetDays } from './filters.ts'
import { ValuePicker } from './value-picker.tsx'

/** Which days and which tasks a panel is about. Everything it changes goes into the page's address. */
export function FilterBar({
  filters,
  known,
  isSplit,
  onChange,
}: {
  readonly filters: Filters
  readonly known: Known
  readonly isSplit: boolean
  readonly onChange: (filters: Filters) => void
}) {
  const setValues = (dimension: DashboardDimension, values: readonly string[]) =>
    onChange({ ...filters, values: { ...filters.values, [dimension]: values } })
  return (
    <section class="filters" aria-label="Filters">
      <PeriodChoice filters={filters} known={known} onChange={onChange} />
      <div class="pickers">
        {dimensions.map((dimension) => (
          <ValuePicker
            key={dimension}
            title={dimensionNames[dimension]}
            options={known?.values[dimension] ?? []}
            chosen={filters.values[dimension]}
            nameOf={(value) => memberName(dimension, value)}
            onChange={(values) => setValues(dimension, values)}
          />
        ))}
        {chosenCount(filters) > 0 && (
          <button type="button" class="button" onClick={() => onChange({ ...filters, values: noValues })}>
            Clear
          </button>
        )}
        {isSplit && (
          <label class="field field-inline">
            <span>Split by</span>
            <select
              value={filters.by}
              onChange={(event) => {
                const by = dimensions.find((dimension) => dimension === event.currentTarget.value)
                if (by !== undefined) onChange({ ...filters, by })
              }}
            >
              {dimensions.map((dimension) => (
                <option key={dimension} value={dimension}>
                  {dimensionNames[dimension].toLowerCase()}
                </option>
              ))}
            </select>
          </label>
        )}
      </div>
    </section>
  )
}

/** Days come from two date fields or from a preset, which moves along with today. */
function PeriodChoice({
  filters,
  known,
  onChange,
}: {
  readonly filters: Filters
  readonly known: Known
  readonly onChange: (filters: Filters) => void
}) {
  const { period } = filters
  const days = daysOf(period, dayOf(Date.now()), {
    first: known?.first_day ?? null,
    last: known?.last_day ?? null,
  })
  const setDay = (changed: { readonly from?: string; readonly to?: string }) => {
    const { from, to } = { ...days, ...changed }
    if (from === '' || to === '') return
    onChange({
      ...filters,
      period: { kind: 'between', from: from < to ? from : to, to: from < to ? to : from },
    })
  }
  return (
    <div class="period">
      <Choice
        label="Days"
        options={[
          ...presetDays.map((count) => [`${count}`, presetName(count)] as const),
          ['all', 'All'] as const,
        ]}
        chosen={chosenPreset(filters, days.from, known)}
        onChoose={(value) =>
          onChange({
            ...filters,
            period: value === 'all' ? { kind: 'all' } : { kind: 'last', days: Number(value) },
          })
        }
      />
      <span class="days">
        <input
          type="date"
          aria-label="From"
          value={days.from}
          onChange={(event) => setDay({ from: event.currentTarget.value })}
        />
        <span aria-hidden="true">–</span>
        <input
          type="date"
          aria-label="To"
          value={days.to}
          onChange={(event) => setDay({ to: event.currentTarget.value })}
        />
      </span>
    </div>
  )
}

function presetName(days: number): string {
  return days === 365 ? '1 year' : `${days} days`
}

function chosenPreset({ period }: Filters, from: string, known: Known): string | undefined {
  if (period.kind === 'last') return String(period.days)
  if (period.kind === 'all') return 'all'
  if (period.kind === 'between') return undefined
  return known?.first_day === from ? 'all' : '30'
}
