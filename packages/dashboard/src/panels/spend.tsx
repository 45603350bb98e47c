import type { SpendAnswer, TaskSums } from '@mosaicstack/telemetry-client/protocol'
import { useState } from 'preact/hooks'

import { dashboardApi } from '../api/dashboard-api.ts'
import { stackedBars } from '../charts/stacked-bars.ts'
import { SteppedChart } from '../charts/stepped-chart.tsx'
import { colourOf } from '../charts/ticks.ts'
import { dimensionNames, memberName } from '../format/names.ts'
import { change, count, duration, NOTHING, percent, shareOf, tokens, usd } from '../format/numbers.ts'
import { bucketName, longDay } from '../format/times.ts'
import { Bar } from '../parts/bar.tsx'
import { Card } from '../parts/card.tsx'
import { Choice } from '../parts/choice.tsx'
import { BehindChart, DataTable } from '../parts/data-table.tsx'
import { KeyFigures } from '../parts/key-figures.tsx'
import { MemberName } from '../parts/name.tsx'
import type { BodyProps, Panel } from './panel.ts'

export const spend: Panel<SpendAnswer> = {
  title: 'Spend',
  question: 'What did we spend, on what, and how is that moving?',
  csv: 'spend',
  isSplit: true,
  load: dashboardApi.spend,
  isEmpty: ({ totals }) => totals.tasks === 0,
  empty: 'No task ended in these days',
  Body: SpendBody,
}

function SpendBody({ answer }: BodyProps<SpendAnswer>) {
  return (
    <>
      <Totals answer={answer} />
      <OverTime answer={answer} />
      <Breakdown answer={answer} />
    </>
  )
}

function Totals({ answer: { totals, previous } }: { readonly answer: SpendAnswer }) {
  return (
    <>
      <KeyFigures
        figures={[
          {
            label: 'Cost',
            value: usd(totals.cost_usd_micros),
            detail: compared(totals.cost_usd_micros, previous.cost_usd_micros, usd),
          },
          {
            label: 'Tasks',
            value: count(totals.tasks),
            detail: compared(totals.tasks, previous.tasks, count),
          },
          {
            label: 'Cost per success',
            value: costPerSuccess(totals),
            detail: 'failed tasks included',
          },
          {
            label: 'Success',
            value: totals.tasks === 0 ? NOTHING : percent(totals.successes / totals.tasks),
            detail: `${count(totals.successes)} of ${count(totals.tasks)} tasks`,
          },
          {
            label: 'Tokens read',
            value: tokens(totals.input_tokens),
            detail: `${tokens(totals.output_tokens)} written`,
          },
          {
            label: 'Time at work',
            value: duration(totals.duration_ms),
            detail: `${count(totals.retries)} retries`,
          },
        ]}
      />
      {totals.tasks_without_cost > 0 && (
        <p class="too-little">
          {count(totals.tasks_without_cost)} of these tasks report no cost: they were free, or nobody knows
          what they cost. They add nothing to the sums of money.
        </p>
      )}
    </>
  )
}

/** How a sum has moved since the same number of days before. */
function compared(now: number, before: number, format: (value: number) => string): string {
  const moved = change(now, before)
  return moved === undefined ? 'none in the days before' : `${moved}, was ${format(before)}`
}

function costPerSuccess({ cost_usd_micros: cost, successes }: TaskSums): string {
  return cost === 0 || successes === 0 ? NOTHING : usd(cost / successes)
}

type Measure = 'cost_usd_micros' | 'tasks'

const measures = {
  cost_usd_micros: { title: 'Cost', format: usd },
  tasks: { title: 'Tasks', format: count },
} as const

function OverTime({ answer }: { readonly answer: SpendAnswer }) {
  const [measure, setMeasure] = useState<Measure>('cost_usd_micros')
  const [step, setStep] = useState<number>()
  const { buckets, by, range, series } = answer
  const { format, title } = measures[measure]
  const parts = series.map((each, index) => ({
    key: each.key,
    name: memberName(by, each.key),
    colour: colourOf(index, each.key),
    values: each[measure],
  }))
  const at = (bucket: number) => parts.map(({ values }) => values[bucket] ?? 0)
  const steps = buckets.map((key, index) => ({
    key,
    spoken: `${bucketName(key, range.bucket)}: ${format(sum(at(index)))}. ${parts
      .filter((_, part) => (at(index)[part] ?? 0) > 0)
      .map(({ name, values }) => `${name} ${format(values[index] ?? 0)}`)
      .join(', ')}`,
  }))
  const shown = (values: readonly number[]) => (step === undefined ? sum(values) : (values[step] ?? 0))
  const where = step === undefined ? 'whole period' : bucketName(buckets[step] ?? '', range.bucket)

  return (
    <Card
      title={`${title} by ${range.bucket} and ${dimensionNames[by].toLowerCase()}`}
      actions={
        <Choice
          label="What the bars show"
          options={[
            ['cost_usd_micros', 'Cost'],
            ['tasks', 'Tasks'],
          ]}
          chosen={measure}
          onChoose={setMeasure}
        />
      }
    >
      <div class="legend">
        <span class="legend-where">
          {where}: <strong>{format(sum(parts.map(({ values }) => shown(values))))}</strong>
        </span>
        <ul>
          {parts.map(({ key, values }, index) => (
            <li key={key ?? ''}>
              <Swatch index={index} isRest={key === null} />
              <MemberName dimension={by} member={key} />
              <span class="legend-value">{format(shown(values))}</span>
            </li>
          ))}
        </ul>
      </div>
      <SteppedChart
        label={`${title} over time`}
        steps={steps}
        draw={stackedBars(buckets, parts, axisFormat(measure))}
        redrawFor={JSON.stringify([measure, parts])}
        height="high"
        step={step}
        onStep={setStep}
      />
      <BehindChart>
        <DataTable
          caption={`${title} over time`}
          rows={buckets.map((bucket, index) => ({ bucket, index }))}
          keyOf={({ bucket }) => bucket}
          columns={[
            { title: range.bucket === 'day' ? 'Day' : 'Week of', cell: ({ bucket }) => longDay(bucket) },
            ...parts.map(({ name, values }) => ({
              title: name,
              isNumber: true,
              cell: ({ index }: { readonly index: number }) => format(values[index] ?? 0),
            })),
            { title: 'All', isNumber: true, cell: ({ index }) => format(sum(at(index))) },
          ]}
        />
      </BehindChart>
    </Card>
  )
}

function axisFormat(measure: Measure): (value: number) => string {
  if (measure === 'cost_usd_micros') return (micros) => (micros === 0 ? '$0' : usd(micros))
  return (tasks) => (Number.isInteger(tasks) ? count(tasks) : '')
}

/** The colour of a series; its name stands beside it. */
function Swatch({ index, isRest }: { readonly index: number; readonly isRest: boolean }) {
  return (
    <svg
      class={`swatch ${isRest ? 'swatch-rest' : `swatch-${(index % 8) + 1}`}`}
      viewBox="0 0 10 10"
      aria-hidden="true"
    >
      <rect width="10" height="10" rx="2" />
    </svg>
  )
}

function Breakdown({ answer: { breakdown, by, totals } }: { readonly answer: SpendAnswer }) {
  const most = Math.max(1, ...breakdown.map((row) => row.cost_usd_micros))
  return (
    <Card title={`By ${dimensionNames[by].toLowerCase()}`} note="Dearest first.">
      <DataTable
        caption={`Spend by ${dimensionNames[by].toLowerCase()}`}
        rows={breakdown}
        keyOf={({ key }) => key ?? ''}
        columns={[
          { title: dimensionNames[by], cell: ({ key }) => <MemberName dimension={by} member={key} /> },
          {
            title: 'Cost',
            isNumber: true,
            cell: (row) => (row.cost_usd_micros === 0 ? NOTHING : usd(row.cost_usd_micros)),
          },
          {
            title: 'Share',
            isNumber: true,
            cell: (row) => (
              <span class="with-bar">
                <Bar share={row.cost_usd_micros / most} />
                <span class="bar-number">
                  {totals.cost_usd_micros === 0
                    ? NOTHING
                    : percent(row.cost_usd_micros / totals.cost_usd_micros)}
                </span>
              </span>
            ),
          },
          { title: 'Tasks', isNumber: true, cell: (row) => count(row.tasks) },
          { title: 'Success', isNumber: true, cell: (row) => shareOf(row.successes, row.tasks) },
          { title: 'Cost per success', isNumber: true, cell: costPerSuccess },
          { title: 'Read', isNumber: true, shownFrom: 'wide', cell: (row) => tokens(row.input_tokens) },
          { title: 'Written', isNumber: true, shownFrom: 'wide', cell: (row) => tokens(row.output_tokens) },
          {
            title: 'Time per task',
            isNumber: true,
            shownFrom: 'wide',
            cell: (row) => duration(row.duration_ms / Math.max(1, row.tasks)),
          },
        ]}
      />
    </Card>
  )
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0)
}
