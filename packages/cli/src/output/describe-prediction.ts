import type {
  Forecast,
  PredictionData,
  PredictionQuery,
  PredictionResponse,
} from '@mosaicstack/telemetry-client/protocol'

import { counted, duration, percent, tokens, usd } from './format.ts'
import { table } from './table.ts'
import { terminal } from './terminal.ts'

/** A person's own estimates of tokens, to be corrected by what estimates have missed so far. */
export interface Estimates {
  readonly input: number | undefined
  readonly output: number | undefined
}

/** A prediction for people: the range first, the median second, then where it comes from and how sure it is. */
export function describePrediction(
  query: PredictionQuery,
  prediction: PredictionData,
  { forecast, metadata }: Pick<PredictionResponse, 'forecast' | 'metadata'>,
  estimates: Estimates,
): string {
  return [
    terminal.bold(`${query.task_type}, ${query.complexity}, ${query.model} (${query.provider})`),
    '',
    ranges(prediction, forecast),
    '',
    outcome(prediction, forecast),
    ...corrections(prediction, estimates),
    ...(forecast === undefined ? [] : [calibration(forecast)]),
    source(metadata),
  ].join('\n')
}

interface Line {
  readonly what: string
  readonly range: string
  readonly median: string
}

/** Of the forecast where there is one: it is made for the next task. Else what was observed. */
function ranges(prediction: PredictionData, forecast: Forecast | undefined): string {
  const { input_tokens: input, output_tokens: output } = prediction
  const lines: Line[] = [
    line('input tokens', tokens, forecast?.input_tokens ?? { ...input, p50: input.median }),
    line('output tokens', tokens, forecast?.output_tokens ?? { ...output, p50: output.median }),
    line('cost', usd, forecast?.cost_usd_micros ?? { p50: prediction.cost_usd_micros.median }),
    line('duration', duration, forecast?.duration_ms ?? { p50: prediction.duration_ms.median }),
  ]
  return table<Line>(
    [
      { title: '', value: ({ what }) => what },
      { title: '8 of 10 tasks', align: 'right', value: ({ range }) => range },
      { title: 'half below', align: 'right', value: ({ median }) => median },
    ],
    lines,
  )
}

function line(
  what: string,
  format: (value: number) => string,
  { p10, p50, p90 }: { readonly p10?: number; readonly p50: number; readonly p90?: number },
): Line {
  const range = p10 === undefined || p90 === undefined ? '' : `${format(p10)} – ${format(p90)}`
  return { what, range, median: format(p50) }
}

function outcome({ quality }: PredictionData, forecast: Forecast | undefined): string {
  const gates = `${percent(quality.gate_pass_rate)} passed their quality gates.`
  const { success_probability: success, cost_per_success_usd_micros: cost } = forecast ?? {}
  if (success === undefined) return `${percent(quality.success_rate)} succeeded; ${gates}`
  const price = cost === undefined ? '' : ` A success costs ${usd(cost)} on average.`
  const chance = `It succeeds with ${percent(success.value)} (${percent(success.p5)} to ${percent(success.p95)}).`
  return `${chance}${price}\n${gates}`
}

function corrections(
  { correction_factors: factors }: PredictionData,
  { input, output }: Estimates,
): string[] {
  const corrected = [
    input !== undefined && `${tokens(input * factors.input)} input tokens`,
    output !== undefined && `${tokens(output * factors.output)} output tokens`,
  ].filter((text) => text !== false)
  return corrected.length === 0
    ? []
    : [`Your estimate, corrected by what estimates missed: ${corrected.join(', ')}.`]
}

/** How far the ranges can be believed: what became of the forecasts before this one. */
function calibration({ calibration: { n, observed_30d: observed, target } }: Forecast): string {
  if (observed === null) return 'No forecast has been put to the test yet.'
  return `Of the last ${counted(n, 'forecast')}, ${percent(observed)} held their range (${percent(target)} is right).`
}

function source(metadata: PredictionResponse['metadata']): string {
  const instances = metadata.instances === undefined ? '' : ` of ${counted(metadata.instances, 'instance')}`
  const note = metadata.fallback_note === null ? '' : ` ${metadata.fallback_note}.`
  return `From ${counted(metadata.sample_size, 'task')}${instances}; confidence ${metadata.confidence}.${note}`
}
