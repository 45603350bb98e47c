import type { PredictionWords } from '@mosaicstack/telemetry-client/describe'
import type {
  Forecast,
  ForecastMetricName,
  PredictionQuery,
  PredictionResponse,
} from '@mosaicstack/telemetry-client/protocol'

import { Chart } from '../charts/chart.tsx'
import { forecastBand } from '../charts/forecast-band.ts'
import { chance, count, duration, NOTHING, percent, tokens, usd } from '../format/numbers.ts'
import { Card } from '../parts/card.tsx'
import { DataTable } from '../parts/data-table.tsx'
import { type KeyFigure, KeyFigures } from '../parts/key-figures.tsx'
import { TooLittle } from '../parts/shown.tsx'

interface Metric {
  readonly name: ForecastMetricName
  readonly title: string
  readonly format: (value: number) => string
}

const metrics: readonly Metric[] = [
  { name: 'cost_usd_micros', title: 'Cost', format: usd },
  { name: 'duration_ms', title: 'Time', format: duration },
  { name: 'input_tokens', title: 'Tokens read', format: tokens },
  { name: 'output_tokens', title: 'Tokens written', format: tokens },
]

/** A prediction as bands, with what it rests on beside it. */
export function ForecastAnswer({
  asked,
  response,
  words,
}: {
  readonly asked: PredictionQuery
  readonly response: PredictionResponse
  readonly words: PredictionWords
}) {
  const { forecast } = response
  return (
    <>
      <KeyFigures figures={figures(forecast, words)} />
      {/* Without a forecast of what the budget is about, the sentence says so; else it is among the figures. */}
      {(forecast?.exceeds.length === words.budgets.length ? [] : words.budgets).map((sentence) => (
        <p class="budget" key={sentence}>
          {sentence}
        </p>
      ))}
      <div class="forecast-columns">
        <Card
          title="What it will take"
          note="Band: eight of ten such tasks. Dark: half of them. Tick: the median. The scale is logarithmic."
        >
          {forecast === undefined ? (
            <TooLittle>
              There is no forecast yet, only what was observed:{' '}
              {words.amounts.map(({ what, median }) => `${what} ${median} (median)`).join(', ')}.
            </TooLittle>
          ) : (
            <Bands asked={asked} forecast={forecast} />
          )}
        </Card>
        <Card title="How far to trust it">
          <h3>Where it comes from</h3>
          <Sentences of={words.origin} />
          <h3>How sure it is</h3>
          <Sentences of={words.certainty} />
          {forecast !== undefined && <Trust forecast={forecast} />}
        </Card>
      </div>
    </>
  )
}

function figures(forecast: Forecast | undefined, { amounts }: PredictionWords): readonly KeyFigure[] {
  const { cost_per_success_usd_micros: perSuccess, success_probability: success } = forecast ?? {}
  const cost = amounts.find(({ what }) => what === 'cost')
  const time = amounts.find(({ what }) => what === 'duration')
  return [
    { label: 'Cost, half below', value: cost?.median ?? NOTHING, detail: rangeOf(cost) },
    { label: 'Time, half below', value: time?.median ?? NOTHING, detail: rangeOf(time) },
    {
      label: 'Success',
      value: success === undefined ? NOTHING : chance(success.value),
      detail:
        success === undefined ? 'too few report it' : `${percent(success.p5)} to ${percent(success.p95)}`,
    },
    {
      label: 'Cost per success',
      value: perSuccess === undefined ? NOTHING : usd(perSuccess),
      detail: 'on average, failed tries paid for',
    },
    ...(forecast?.exceeds ?? []).map(({ budget, metric, probability }) => ({
      label: `Beyond ${metrics.find(({ name }) => name === metric)?.format(budget) ?? budget}`,
      value: chance(probability),
      detail: `chance that it takes more, the red line`,
    })),
  ]
}

function rangeOf(amount: { readonly range: string | undefined } | undefined): string {
  return amount?.range === undefined ? 'no range is known' : `eight of ten: ${amount.range}`
}

function Bands({ asked, forecast }: { readonly asked: PredictionQuery; readonly forecast: Forecast }) {
  const known = metrics.flatMap((metric) => {
    const distribution = forecast[metric.name]
    return distribution === undefined ? [] : [{ ...metric, distribution }]
  })
  return (
    <>
      {known.map(({ distribution, format, name, title }) => {
        const budget = asked[`budget_${name}`] ?? undefined
        return (
          <figure class="band" key={name}>
            <figcaption>{title}</figcaption>
            <Chart
              label={`${title}: eight of ten tasks take ${format(distribution.p10)} to ${format(distribution.p90)}, half below ${format(distribution.p50)}`}
              draw={forecastBand(distribution, {
                budget,
                format,
                unit: name === 'duration_ms' ? 'time' : 'decimal',
              })}
              redrawFor={JSON.stringify([distribution, budget])}
              height="low"
            />
          </figure>
        )
      })}
      <DataTable
        caption="The forecast in numbers"
        rows={known}
        keyOf={({ name }) => name}
        columns={[
          { title: 'Quantity', cell: ({ title }) => title },
          ...(['p10', 'p25', 'p50', 'p75', 'p90', 'mean'] as const).map((at) => ({
            title: at === 'p50' ? 'median' : at,
            isNumber: true,
            shownFrom: at === 'p25' || at === 'p75' ? ('middle' as const) : undefined,
            cell: (row: (typeof known)[number]) => row.format(row.distribution[at]),
          })),
        ]}
      />
    </>
  )
}

function Trust({ forecast: { calibration, evidence } }: { readonly forecast: Forecast }) {
  return (
    <dl class="facts">
      <div>
        <dt>Worth so many tasks of this very kind</dt>
        <dd>{count(evidence.effective_samples)}</dd>
      </div>
      <div>
        <dt>Installations behind it</dt>
        <dd>{evidence.instances === 0 ? 'none: the kind is new' : count(evidence.instances)}</dd>
      </div>
      <div>
        <dt>A task counts half after</dt>
        <dd>{count(evidence.memory_days)} days</dd>
      </div>
      <div>
        <dt>Earlier ranges that held ({percent(calibration.target)} is right)</dt>
        <dd>
          {calibration.observed_30d === null
            ? 'none was put to the test'
            : `${percent(calibration.observed_30d)} of ${count(calibration.n)}`}
        </dd>
      </div>
    </dl>
  )
}

function Sentences({ of }: { readonly of: readonly string[] }) {
  return (
    <>
      {of.map((sentence) => (
        <p key={sentence}>{sentence}</p>
      ))}
    </>
  )
}
