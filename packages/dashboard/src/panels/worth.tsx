import type { ModelWorth, WorthAnswer } from '@mosaicstack/telemetry-client/protocol'
import { useState } from 'preact/hooks'

import { dashboardApi } from '../api/dashboard-api.ts'
import { Chart } from '../charts/chart.tsx'
import { rangeRows } from '../charts/range-rows.ts'
import { plainName, words } from '../format/names.ts'
import { count, duration, NOTHING, percent, usd } from '../format/numbers.ts'
import { Card } from '../parts/card.tsx'
import { DataTable } from '../parts/data-table.tsx'
import { Name } from '../parts/name.tsx'
import { TooLittle } from '../parts/shown.tsx'
import type { BodyProps, Panel } from './panel.ts'

/** Rows of a chart; the table below has all of them. */
const CHART_ROWS = 15

export const worth: Panel<WorthAnswer> = {
  title: 'Worth',
  question: 'Which model is worth its money?',
  csv: 'worth',
  isSplit: false,
  load: dashboardApi.worth,
  isEmpty: ({ models }) => models.length === 0,
  empty: 'No task ended in these days',
  Body: WorthBody,
}

function WorthBody({ answer }: BodyProps<WorthAnswer>) {
  const [taskType, setTaskType] = useState('')
  const models =
    answer.by_task_type.find((each) => each.task_type === taskType)?.models ??
    (taskType === '' ? answer.models : [])
  return (
    <>
      <label class="field field-inline panel-choice">
        <span>Kind of task</span>
        <select value={taskType} onChange={(event) => setTaskType(event.currentTarget.value)}>
          <option value="">all kinds</option>
          {answer.by_task_type.map(({ task_type: type, models: of }) => (
            <option key={type} value={type}>
              {words(type)} ({count(of.reduce((tasks, model) => tasks + model.tasks, 0))})
            </option>
          ))}
        </select>
      </label>
      <div class="columns">
        <CostPerSuccess models={models} />
        <SuccessRates models={models} />
      </div>
      <AllModels models={models} />
    </>
  )
}

function CostPerSuccess({ models }: { readonly models: readonly ModelWorth[] }) {
  const known = models
    .flatMap((model) => {
      const { cost_per_success_usd_micros: range } = model
      return range === null || !model.is_enough ? [] : [{ name: model.model, range }]
    })
    .sort((a, b) => a.range.value - b.range.value)
    .slice(0, CHART_ROWS)
  return (
    <Card
      title="Cost per success"
      note="What all attempts cost until one succeeds, cheapest first. The bar holds the true value with a certainty of 90 %. Where bars overlap, the difference may be chance."
    >
      {known.length === 0 ? (
        <TooLittle>
          No model has enough tasks to compare: it takes ten with a cost, five of them successful. The table
          below shows what there is.
        </TooLittle>
      ) : (
        <Chart
          label={known.map(({ name, range }) => `${plainName(name)} ${interval(range, usd)}`).join('; ')}
          draw={rangeRows(known, { format: usd, scale: 'log' })}
          redrawFor={JSON.stringify(known)}
          height="low"
        />
      )}
      <TooFew models={models} />
    </Card>
  )
}

function TooFew({ models }: { readonly models: readonly ModelWorth[] }) {
  const few = models.filter(({ is_enough: isEnough }) => !isEnough).length
  if (few === 0 || few === models.length) return null
  return (
    <TooLittle>
      {count(few)} of {count(models.length)} models {few === 1 ? 'has' : 'have'} too few tasks to compare:
      below ten, or below five successes.
    </TooLittle>
  )
}

function SuccessRates({ models }: { readonly models: readonly ModelWorth[] }) {
  const rows = models
    .slice(0, CHART_ROWS)
    .map((model) => ({ name: model.model, range: model.success_rate }))
    .sort((a, b) => b.range.value - a.range.value)
  return (
    <Card title="Success" note="Share of tasks reported as a success, with its interval of 90 %.">
      <Chart
        label={rows.map(({ name, range }) => `${plainName(name)} ${interval(range, percent)}`).join('; ')}
        draw={rangeRows(rows, { format: percent, scale: 'share' })}
        redrawFor={JSON.stringify(rows)}
        height="low"
      />
    </Card>
  )
}

function interval(
  { low, value, high }: { readonly low: number; readonly value: number; readonly high: number },
  format: (value: number) => string,
): string {
  return `${format(value)} (${format(low)} to ${format(high)})`
}

function AllModels({ models }: { readonly models: readonly ModelWorth[] }) {
  return (
    <Card title="All models" note="Most tasks first.">
      <DataTable
        caption="Worth of all models"
        rows={models}
        keyOf={({ model }) => model}
        columns={[
          { title: 'Model', cell: ({ model }) => <Name text={model} /> },
          { title: 'Tasks', isNumber: true, cell: ({ tasks }) => count(tasks) },
          { title: 'Success', isNumber: true, cell: ({ success_rate: rate }) => interval(rate, percent) },
          {
            title: 'Cost per success',
            isNumber: true,
            cell: ({ cost_per_success_usd_micros: cost }) => (cost === null ? NOTHING : interval(cost, usd)),
          },
          {
            title: 'Cost per task',
            isNumber: true,
            shownFrom: 'middle',
            cell: ({ cost_per_task_usd_micros: cost }) => (cost === null ? NOTHING : usd(cost)),
          },
          {
            title: 'Time per task',
            isNumber: true,
            shownFrom: 'middle',
            cell: ({ mean_duration_ms: ms }) => duration(ms),
          },
        ]}
      />
    </Card>
  )
}
