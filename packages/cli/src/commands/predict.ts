import {
  TelemetryClient,
  type PredictionData,
  type PredictionQuery,
  type PredictionResponse,
  type TokenDistribution,
} from '@mosaicstack/telemetry-client'
import { Complexity, Provider, TaskType } from '@mosaicstack/telemetry-client/protocol'
import type { Command } from 'commander'

import { CliError } from '../cli-error.ts'
import { findConnection } from '../connection.ts'
import { counted, duration, percent, tokens, usd } from '../output/format.ts'
import { table } from '../output/table.ts'
import { terminal } from '../output/terminal.ts'
import { readPredictionQuery } from '../prediction-query.ts'
import { withExample } from './with-example.ts'

interface Flags {
  readonly model?: string
  readonly taskType: string
  readonly complexity: string
  readonly provider?: string
  readonly estimateIn?: string
  readonly estimateOut?: string
  readonly serverUrl?: string
  readonly dataDir?: string
  readonly json?: boolean
}

export function addPredict(program: Command): void {
  const command = program.command('predict').description('what the next task will take')
  withExample(
    command,
    'mosaic-telemetry predict --model claude-sonnet-4-5 --task-type debugging --complexity high',
  )
  command
    .option('--model <model>', 'the model that will do it; needed')
    .option('--task-type <type>', Object.values(TaskType).join(', '), 'unknown')
    .option('--complexity <complexity>', Object.values(Complexity).join(', '), 'medium')
    .option('--provider <provider>', `${Object.values(Provider).join(', ')}; guessed from the model`)
    .option('--estimate-in <tokens>', 'your own estimate of input tokens, to be corrected')
    .option('--estimate-out <tokens>', 'your own estimate of output tokens, to be corrected')
    .option('--server-url <url>', 'ask that server')
    .option('--data-dir <directory>', 'directory of the local server, where its key is kept')
    .option('--json', 'print the answer as JSON')
    .action(predict)
}

async function predict(flags: Flags): Promise<void> {
  const query = readPredictionQuery(flags)
  const estimates = { input: readEstimate(flags, 'estimateIn'), output: readEstimate(flags, 'estimateOut') }
  const response = await ask(query, flags)
  if (flags.json) return terminal.out(JSON.stringify(response, null, 2))
  if (response.prediction === null) {
    return terminal.err('No data yet. Report finished tasks first; see the README for ten lines that do.')
  }
  terminal.out(describe(query, response.prediction, estimates))
  terminal.out(describeSource(response))
}

function readEstimate(flags: Flags, name: 'estimateIn' | 'estimateOut'): number | undefined {
  const text = flags[name]
  if (text === undefined || /^\d+$/.test(text)) return text === undefined ? undefined : Number(text)
  throw new CliError(
    `${name === 'estimateIn' ? '--estimate-in' : '--estimate-out'}: ${JSON.stringify(text)} is not a number of tokens`,
    {
      hint: 'Write it in digits: 45000.',
      exitCode: 2,
    },
  )
}

async function ask(query: PredictionQuery, flags: Flags): Promise<PredictionResponse> {
  const connection = findConnection(flags)
  let failure: Error | undefined
  await using client = new TelemetryClient({
    ...connection,
    enabled: true,
    maxRetries: 0,
    onError: (error) => (failure ??= error),
  })
  const response = await client.predict(query)
  if (response !== null) return response
  throw new CliError(failure?.message ?? `${connection.serverUrl} gave no answer`, {
    hint: `Is the server at ${connection.serverUrl} running? Start one with \`mosaic-telemetry serve\`.`,
    cause: failure,
  })
}

interface Line {
  readonly what: string
  readonly range: string
  readonly median: string
}

function describe(
  query: PredictionQuery,
  prediction: PredictionData,
  estimates: { readonly input: number | undefined; readonly output: number | undefined },
): string {
  const lines: Line[] = [
    {
      what: 'input tokens',
      range: rangeOf(prediction.input_tokens),
      median: tokens(prediction.input_tokens.median),
    },
    {
      what: 'output tokens',
      range: rangeOf(prediction.output_tokens),
      median: tokens(prediction.output_tokens.median),
    },
    { what: 'cost', range: '', median: usd(prediction.cost_usd_micros.median) },
    { what: 'duration', range: '', median: duration(prediction.duration_ms.median) },
  ]
  const { correction_factors: factors, quality } = prediction
  const corrections = [
    estimates.input !== undefined && `${tokens(estimates.input * factors.input)} input tokens`,
    estimates.output !== undefined && `${tokens(estimates.output * factors.output)} output tokens`,
  ].filter((text) => text !== false)

  return [
    terminal.bold(`${query.task_type}, ${query.complexity}, ${query.model} (${query.provider})`),
    '',
    table<Line>(
      [
        { title: '', value: (line) => line.what },
        { title: '8 of 10 tasks', align: 'right', value: (line) => line.range },
        { title: 'half below', align: 'right', value: (line) => line.median },
      ],
      lines,
    ),
    '',
    `${percent(quality.success_rate)} succeeded; ${percent(quality.gate_pass_rate)} passed their quality gates.`,
    ...(corrections.length === 0
      ? []
      : [`Your estimate, corrected by what estimates missed: ${corrections.join(', ')}.`]),
  ].join('\n')
}

function rangeOf({ p10, p90 }: TokenDistribution): string {
  return `${tokens(p10)} – ${tokens(p90)}`
}

function describeSource({ metadata }: PredictionResponse): string {
  const instances = metadata.instances === undefined ? '' : ` of ${counted(metadata.instances, 'instance')}`
  const note = metadata.fallback_note === null ? '' : ` ${metadata.fallback_note}.`
  return `From ${counted(metadata.sample_size, 'task')}${instances}; confidence ${metadata.confidence}.${note}`
}
