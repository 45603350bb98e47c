import type {
  CorrectionFactors,
  Forecast,
  ForecastMetricName,
  ForecastProbability,
  ForecastRisk,
  PredictionData,
  PredictionQuery,
  PredictionResponse,
} from '../protocol/index.ts'
import { describeCertainty } from './describe-certainty.ts'
import { describeOrigin } from './describe-origin.ts'
import { chance, duration, percent, tokens, usd } from './format.ts'

/** A person's own estimates of tokens, to be corrected by what estimates have missed so far. */
export interface Estimates {
  readonly input?: number | undefined
  readonly output?: number | undefined
}

/** What a prediction means, piece by piece: whoever shows it puts the same words in its own order and layout. */
export interface PredictionWords {
  /** What is known of cost, duration, input and output tokens, in this order. */
  readonly amounts: readonly AmountWords[]
  /** How it is likely to end and what a success costs: whole sentences, as in the fields below. */
  readonly outcome: readonly string[]
  /** A sentence for each budget that was asked about. */
  readonly budgets: readonly string[]
  /** A sentence for each estimate that was given. */
  readonly estimates: readonly string[]
  /** Where the numbers come from: whose tasks, how many, how recent, how alike. */
  readonly origin: readonly string[]
  /** How far the ranges can be believed: what became of the forecasts before this one. */
  readonly certainty: readonly string[]
}

export interface AmountWords {
  readonly what: 'cost' | 'duration' | 'input tokens' | 'output tokens'
  /** What four of five tasks stay within, `$0.05 – $0.71`; undefined where only the median is known. */
  readonly range: string | undefined
  /** What half of the tasks stay below. */
  readonly median: string
}

/**
 * Puts a prediction into words. The forecast speaks where there is one, since it is made for the next task; else what
 * was observed. Undefined while neither is known.
 */
export function describePrediction(
  query: PredictionQuery,
  response: PredictionResponse,
  estimates: Estimates = {},
): PredictionWords | undefined {
  const { forecast, prediction } = response
  if (forecast === undefined && prediction === null) return undefined
  return {
    amounts: amounts(prediction, forecast),
    outcome: outcome(prediction, forecast),
    budgets: budgets(query, forecast?.exceeds ?? []),
    estimates: prediction === null ? [] : corrected(prediction.correction_factors, estimates),
    origin: describeOrigin(response),
    certainty: describeCertainty(response),
  }
}

/** The same in one line, the range first, for an agent or a status line. Undefined while nothing is known. */
export function summarisePrediction(
  query: PredictionQuery,
  response: PredictionResponse,
): string | undefined {
  const words = describePrediction(query, response)
  if (words === undefined) return undefined
  const expected = words.amounts.map(({ what, range, median }) =>
    range === undefined ? `${what} about ${median}` : `${what} ${range} (half below ${median})`,
  )
  return [`Expect ${expected.join(', ')}.`, ...words.budgets, ...words.outcome, ...words.certainty].join(' ')
}

const metrics: readonly (readonly [ForecastMetricName, AmountWords['what'], (value: number) => string])[] = [
  ['cost_usd_micros', 'cost', usd],
  ['duration_ms', 'duration', duration],
  ['input_tokens', 'input tokens', tokens],
  ['output_tokens', 'output tokens', tokens],
]

function amounts(prediction: PredictionData | null, forecast: Forecast | undefined): AmountWords[] {
  return metrics.flatMap(([name, what, format]) => {
    const known = forecast?.[name] ?? observed(prediction?.[name])
    if (known === undefined) return []
    const { p10, p50, p90 } = known
    const range = p10 === undefined || p90 === undefined ? undefined : `${format(p10)} – ${format(p90)}`
    return [{ what, range, median: format(p50) }]
  })
}

interface Spread {
  readonly p10?: number
  readonly p50: number
  readonly p90?: number
}

function observed(
  distribution: { readonly p10?: number; readonly median: number; readonly p90?: number } | undefined,
): Spread | undefined {
  return distribution && { ...distribution, p50: distribution.median }
}

function outcome(prediction: PredictionData | null, forecast: Forecast | undefined): string[] {
  const { success_probability: success, cost_per_success_usd_micros: cost } = forecast ?? {}
  const { quality } = prediction ?? {}
  const sentences: string[] = []
  if (success !== undefined) {
    sentences.push(`Its chance of success is ${chanceWithin(success)}.`)
  } else if (quality !== undefined)
    sentences.push(`${percent(quality.success_rate)} of such tasks succeeded.`)
  if (cost !== undefined) sentences.push(`A success costs ${usd(cost)} on average, failed tries included.`)
  return sentences
}

function chanceWithin({ p5, p95, value }: ForecastProbability): string {
  const [low, high] = [percent(p5), percent(p95)]
  return low === high ? chance(value) : `${chance(value)} (${low} to ${high})`
}

function budgets(query: PredictionQuery, exceeds: readonly ForecastRisk[]): string[] {
  return metrics.flatMap(([metric, what]) => {
    const budget = query[`budget_${metric}`] ?? undefined
    if (budget === undefined) return []
    const risk = exceeds.find((each) => each.metric === metric)
    const more = exceeding(metric, budget)
    return risk === undefined
      ? [`Whether it ${more} cannot be said: there is no forecast of its ${what} yet.`]
      : [`The chance that it ${more} is ${chance(risk.probability)}.`]
  })
}

function exceeding(metric: ForecastMetricName, budget: number): string {
  switch (metric) {
    case 'cost_usd_micros':
      return `costs more than ${usd(budget)}`
    case 'duration_ms':
      return `takes longer than ${duration(budget)}`
    case 'input_tokens':
      return `reads more than ${tokens(budget)} tokens`
    case 'output_tokens':
      return `writes more than ${tokens(budget)} tokens`
  }
}

function corrected(factors: CorrectionFactors, estimates: Estimates): string[] {
  return (['input', 'output'] as const).flatMap((side) => {
    const estimate = estimates[side]
    const factor = factors[side]
    if (estimate === undefined) return []
    const yours = `Your estimate of ${tokens(estimate)} ${side} tokens`
    return factor === 1
      ? [`${yours} stands: no estimate of such a task is known to be wrong.`]
      : [
          `${yours} is rather ${tokens(estimate * factor)}: such tasks take ${times(factor)} what is estimated.`,
        ]
  })
}

function times(factor: number): string {
  const digits = factor < 1 ? 2 : factor < 10 ? 1 : 0
  return `${factor.toFixed(digits)} times`
}
