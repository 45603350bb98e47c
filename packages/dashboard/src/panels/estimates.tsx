import type { EstimatedMetric, EstimatesAnswer, EstimateSums } from '@mosaicstack/telemetry-client/protocol'
import { useState } from 'preact/hooks'

import { dashboardApi } from '../api/dashboard-api.ts'
import { Chart } from '../charts/chart.tsx'
import { histogram } from '../charts/histogram.ts'
import { SteppedChart } from '../charts/stepped-chart.tsx'
import { trendLine } from '../charts/trend-line.ts'
import { dimensionNames } from '../format/names.ts'
import { count, NOTHING, percent, times, tokens, usd } from '../format/numbers.ts'
import { bucketName, longDay } from '../format/times.ts'
import { Card } from '../parts/card.tsx'
import { Choice } from '../parts/choice.tsx'
import { BehindChart, DataTable } from '../parts/data-table.tsx'
import { KeyFigures } from '../parts/key-figures.tsx'
import { MemberName } from '../parts/name.tsx'
import { TooLittle } from '../parts/shown.tsx'
import type { BodyProps, Panel } from './panel.ts'

export const estimates: Panel<EstimatesAnswer> = {
  title: 'Estimates',
  question: 'Are our estimates any good?',
  csv: 'estimates',
  isSplit: true,
  load: dashboardApi.estimates,
  isEmpty: ({ totals }) => Object.values(totals).every(({ tasks }) => tasks === 0),
  empty: 'Nobody estimated a task that ended in these days',
  Body: EstimatesBody,
}

const metrics: readonly (readonly [EstimatedMetric, string, (value: number) => string])[] = [
  ['cost_usd_micros', 'Cost', usd],
  ['input_tokens', 'Tokens read', tokens],
  ['output_tokens', 'Tokens written', tokens],
]

function EstimatesBody({ answer }: BodyProps<EstimatesAnswer>) {
  const [chosen, setMetric] = useState<EstimatedMetric>()
  const metric = chosen ?? metrics.find(([name]) => answer.totals[name].tasks > 0)?.[0] ?? 'cost_usd_micros'
  const format = metrics.find(([name]) => name === metric)?.[2] ?? count
  return (
    <>
      <div class="panel-choice">
        <Choice
          label="What was estimated"
          options={metrics.map(([name, title]) => [name, title] as const)}
          chosen={metric}
          onChoose={setMetric}
        />
      </div>
      <Totals sums={answer.totals[metric]} format={format} />
      <div class="columns">
        <Trend answer={answer} metric={metric} />
        <Spread answer={answer} metric={metric} />
      </div>
      <Breakdown answer={answer} metric={metric} format={format} />
    </>
  )
}

function Totals({
  sums,
  format,
}: {
  readonly sums: EstimateSums
  readonly format: (value: number) => string
}) {
  return (
    <KeyFigures
      figures={[
        { label: 'Tasks with an estimate', value: count(sums.tasks) },
        { label: 'Estimated', value: format(sums.estimated) },
        { label: 'Actual', value: format(sums.actual) },
        {
          label: 'Actual by estimated',
          value: factor(sums.correction),
          detail: verdict(sums.correction),
        },
        {
          label: 'A typical task',
          value: factor(sums.median),
          detail:
            sums.p10 === null || sums.p90 === null
              ? 'too few tasks for a range'
              : `eight of ten between ${times(sums.p10)} and ${times(sums.p90)}`,
        },
      ]}
    />
  )
}

function factor(value: number | null): string {
  return value === null ? NOTHING : times(value)
}

function verdict(correction: number | null): string {
  if (correction === null) return 'nothing to compare'
  if (correction > 1.1) return 'estimates are too low'
  return correction < 0.9 ? 'estimates are too high' : 'estimates hold on average'
}

interface MetricProps {
  readonly answer: EstimatesAnswer
  readonly metric: EstimatedMetric
}

function Trend({ answer, metric }: MetricProps) {
  const [step, setStep] = useState<number>()
  const weeks = answer.weeks.map((week, index) => ({ week, sums: answer.trend[metric][index] }))
  const points = weeks.map(({ week, sums }) => ({
    bucket: week,
    value: sums?.median ?? undefined,
    low: sums?.p10 ?? undefined,
    high: sums?.p90 ?? undefined,
  }))
  const spoken = weeks.map(({ week, sums }) => ({
    key: week,
    spoken: `${bucketName(week, 'week')}: ${
      sums === undefined || sums.median === null
        ? 'below five tasks'
        : `typically ${times(sums.median)}, eight of ten between ${factor(sums.p10)} and ${factor(sums.p90)}, ${count(sums.tasks)} tasks`
    }`,
  }))
  const isKnown = points.some(({ value }) => value !== undefined)
  return (
    <Card
      title="Actual by estimated, week by week"
      note="Line: a typical task. Band: eight of ten. 1× is a perfect estimate; above it tasks took more."
    >
      {isKnown ? (
        <>
          <p class="readout">{step === undefined ? '' : spoken[step]?.spoken}</p>
          <SteppedChart
            label="Actual by estimated, week by week"
            steps={spoken}
            draw={trendLine(points, { format: times, scale: 'factor' })}
            redrawFor={JSON.stringify(points)}
            height="middle"
            step={step}
            onStep={setStep}
          />
        </>
      ) : (
        <TooLittle>No week has five tasks with an estimate yet.</TooLittle>
      )}
      <BehindChart>
        <DataTable
          caption="Actual by estimated, week by week"
          rows={weeks}
          keyOf={({ week }) => week}
          columns={[
            { title: 'Week of', cell: ({ week }) => longDay(week) },
            { title: 'Tasks', isNumber: true, cell: ({ sums }) => count(sums?.tasks ?? 0) },
            { title: 'p10', isNumber: true, cell: ({ sums }) => factor(sums?.p10 ?? null) },
            { title: 'Median', isNumber: true, cell: ({ sums }) => factor(sums?.median ?? null) },
            { title: 'p90', isNumber: true, cell: ({ sums }) => factor(sums?.p90 ?? null) },
          ]}
        />
      </BehindChart>
    </Card>
  )
}

function Spread({ answer, metric }: MetricProps) {
  const { histogram: counts, tasks } = answer.totals[metric]
  const { histogram_bounds: bounds } = answer
  const rows = counts.map((inClass, index) => ({ index, tasks: inClass }))
  return (
    <Card
      title="How far off single tasks are"
      note="Tasks by actual / estimated. Left of 1× they took less, right of it more."
    >
      {tasks < 5 ? (
        <TooLittle>{count(tasks)} tasks with an estimate are too few to see how they spread.</TooLittle>
      ) : (
        <Chart
          label={`Histogram of ${count(tasks)} tasks by actual over estimated; its numbers are in the table below`}
          draw={histogram(bounds, counts)}
          redrawFor={JSON.stringify(counts)}
          height="middle"
        />
      )}
      <BehindChart>
        <DataTable
          caption="Tasks by actual over estimated"
          rows={rows.filter((row) => row.tasks > 0)}
          keyOf={({ index }) => String(index)}
          columns={[
            { title: 'Actual by estimated', cell: ({ index }) => className(bounds, index) },
            { title: 'Tasks', isNumber: true, cell: (row) => count(row.tasks) },
            { title: 'Share', isNumber: true, cell: (row) => percent(row.tasks / tasks) },
          ]}
        />
      </BehindChart>
    </Card>
  )
}

function className(bounds: readonly number[], index: number): string {
  const [low, high] = [bounds[index - 1], bounds[index]]
  if (low === undefined) return `below ${times(high ?? 1)}`
  return high === undefined ? `above ${times(low)}` : `${times(low)} to ${times(high)}`
}

function Breakdown({
  answer: { breakdown, by },
  metric,
  format,
}: MetricProps & { readonly format: (value: number) => string }) {
  return (
    <Card title={`By ${dimensionNames[by].toLowerCase()}`} note="What to multiply an estimate with.">
      <DataTable
        caption={`Estimates by ${dimensionNames[by].toLowerCase()}`}
        rows={breakdown.filter(({ metrics: of }) => of[metric].tasks > 0)}
        keyOf={({ key }) => key ?? ''}
        columns={[
          { title: dimensionNames[by], cell: ({ key }) => <MemberName dimension={by} member={key} /> },
          { title: 'Tasks', isNumber: true, cell: ({ metrics: of }) => count(of[metric].tasks) },
          { title: 'Median', isNumber: true, cell: ({ metrics: of }) => factor(of[metric].median) },
          {
            title: 'Eight of ten',
            isNumber: true,
            cell: ({ metrics: of }) =>
              of[metric].p10 === null ? NOTHING : `${factor(of[metric].p10)} to ${factor(of[metric].p90)}`,
          },
          { title: 'Overall', isNumber: true, cell: ({ metrics: of }) => factor(of[metric].correction) },
          {
            title: 'Estimated',
            isNumber: true,
            shownFrom: 'middle',
            cell: ({ metrics: of }) => format(of[metric].estimated),
          },
          {
            title: 'Actual',
            isNumber: true,
            shownFrom: 'middle',
            cell: ({ metrics: of }) => format(of[metric].actual),
          },
        ]}
      />
    </Card>
  )
}
