import type { GatesAnswer, GateSums, Interval } from '@mosaicstack/telemetry-client/protocol'
import { useState } from 'preact/hooks'

import { dashboardApi } from '../api/dashboard-api.ts'
import { Chart } from '../charts/chart.tsx'
import { rangeRows } from '../charts/range-rows.ts'
import { SteppedChart } from '../charts/stepped-chart.tsx'
import { trendLine } from '../charts/trend-line.ts'
import { dimensionNames } from '../format/names.ts'
import { count, NOTHING, percent, shareOf } from '../format/numbers.ts'
import { bucketName, longDay } from '../format/times.ts'
import { Bar } from '../parts/bar.tsx'
import { Card } from '../parts/card.tsx'
import { BehindChart, DataTable } from '../parts/data-table.tsx'
import { KeyFigures } from '../parts/key-figures.tsx'
import { MemberName } from '../parts/name.tsx'
import type { BodyProps, Panel } from './panel.ts'

export const gates: Panel<GatesAnswer> = {
  title: 'Quality gates',
  question: 'Does the work pass, and which gate stops it?',
  csv: 'gates',
  isSplit: true,
  load: dashboardApi.gates,
  isEmpty: ({ totals }) => totals.tasks_with_gates === 0,
  empty: 'No task of these days names a quality gate',
  Body: GatesBody,
}

function GatesBody({ answer }: BodyProps<GatesAnswer>) {
  return (
    <>
      <Totals totals={answer.totals} />
      <div class="columns">
        <EachGate answer={answer} />
        <Trend answer={answer} />
      </div>
      <Breakdown answer={answer} />
    </>
  )
}

function Totals({ totals }: { readonly totals: GateSums }) {
  return (
    <KeyFigures
      figures={[
        {
          label: 'Passed all its gates',
          value: totals.pass_rate === null ? NOTHING : percent(totals.pass_rate.value),
          detail: totals.pass_rate === null ? 'no task ran a gate' : bounds(totals.pass_rate),
        },
        {
          label: 'Tasks with gates',
          value: count(totals.tasks_with_gates),
          detail: `${shareOf(totals.tasks_with_gates, totals.tasks)} tasks`,
        },
        { label: 'Of them passed', value: count(totals.passed) },
      ]}
    />
  )
}

function bounds({ low, high }: Interval): string {
  return `${percent(low)} to ${percent(high)}`
}

function EachGate({ answer }: { readonly answer: GatesAnswer }) {
  const rows = answer.gates.filter(({ run }) => run > 0)
  const ranges = rows.map(({ gate, pass_rate: rate }) => ({ name: gate, range: rate ?? undefined }))
  return (
    <Card
      title="Which gate fails"
      note="Share of tasks that passed it, among those that ran it, with its interval of 90 %."
    >
      <Chart
        label={rows
          .map(({ gate, pass_rate: rate }) => `${gate} ${rate === null ? NOTHING : percent(rate.value)}`)
          .join('; ')}
        draw={rangeRows(ranges, { format: percent, scale: 'share' })}
        redrawFor={JSON.stringify(ranges)}
        height="low"
      />
      <DataTable
        caption="Each gate"
        rows={answer.gates}
        keyOf={({ gate }) => gate}
        columns={[
          { title: 'Gate', cell: ({ gate }) => gate },
          { title: 'Ran it', isNumber: true, cell: ({ run }) => count(run) },
          { title: 'Failed', isNumber: true, cell: ({ failed }) => count(failed) },
          {
            title: 'Passed',
            isNumber: true,
            cell: ({ pass_rate: rate }) =>
              rate === null ? NOTHING : `${percent(rate.value)} (${bounds(rate)})`,
          },
        ]}
      />
    </Card>
  )
}

function Trend({ answer }: { readonly answer: GatesAnswer }) {
  const [step, setStep] = useState<number>()
  const { buckets, range, trend } = answer
  const points = buckets.map((bucket, index) => {
    const rate = trend[index]?.pass_rate
    return { bucket, value: rate?.value, low: rate?.low, high: rate?.high }
  })
  const steps = buckets.map((key, index) => {
    const sums = trend[index]
    const rate = sums?.pass_rate ?? undefined
    const said =
      rate === undefined
        ? 'no task with gates'
        : `${percent(rate.value)} (${bounds(rate)}) of ${count(sums?.tasks_with_gates ?? 0)} tasks passed`
    return { key, spoken: `${bucketName(key, range.bucket)}: ${said}` }
  })
  return (
    <Card
      title="Over time"
      note="Share of tasks with gates that passed them all. The band is its interval of 90 %."
    >
      <p class="readout">{step === undefined ? '' : steps[step]?.spoken}</p>
      <SteppedChart
        label="Share of tasks that passed all gates, over time"
        steps={steps}
        draw={trendLine(points, { format: percent, scale: 'share' })}
        redrawFor={JSON.stringify(points)}
        height="middle"
        step={step}
        onStep={setStep}
      />
      <BehindChart>
        <DataTable
          caption="Share of tasks that passed all gates, over time"
          rows={buckets.map((bucket, index) => ({ bucket, sums: trend[index] }))}
          keyOf={({ bucket }) => bucket}
          columns={[
            { title: range.bucket === 'day' ? 'Day' : 'Week of', cell: ({ bucket }) => longDay(bucket) },
            { title: 'With gates', isNumber: true, cell: ({ sums }) => count(sums?.tasks_with_gates ?? 0) },
            { title: 'Passed', isNumber: true, cell: ({ sums }) => count(sums?.passed ?? 0) },
            {
              title: 'Share',
              isNumber: true,
              cell: ({ sums }) => shareOf(sums?.passed ?? 0, sums?.tasks_with_gates ?? 0),
            },
          ]}
        />
      </BehindChart>
    </Card>
  )
}

function Breakdown({ answer: { breakdown, by } }: { readonly answer: GatesAnswer }) {
  return (
    <Card title={`By ${dimensionNames[by].toLowerCase()}`} note="Most tasks with gates first.">
      <DataTable
        caption={`Gates by ${dimensionNames[by].toLowerCase()}`}
        rows={breakdown}
        keyOf={({ key }) => key ?? ''}
        columns={[
          { title: dimensionNames[by], cell: ({ key }) => <MemberName dimension={by} member={key} /> },
          { title: 'Tasks', isNumber: true, shownFrom: 'middle', cell: ({ tasks }) => count(tasks) },
          { title: 'With gates', isNumber: true, cell: (row) => count(row.tasks_with_gates) },
          { title: 'Passed all', isNumber: true, cell: ({ passed }) => count(passed) },
          {
            title: 'Share',
            isNumber: true,
            cell: ({ pass_rate: rate }) =>
              rate === null ? (
                NOTHING
              ) : (
                <span class="with-bar">
                  <Bar share={rate.value} />
                  {percent(rate.value)} ({bounds(rate)})
                </span>
              ),
          },
        ]}
      />
    </Card>
  )
}
