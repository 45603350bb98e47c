import { TelemetryClient, type PredictionQuery, type PredictionResponse } from '@mosaicstack/telemetry-client'
import { Complexity, Provider, TaskType } from '@mosaicstack/telemetry-client/protocol'
import type { Command } from 'commander'

import { CliError } from '../cli-error.ts'
import { findConnection } from '../connection.ts'
import { describePrediction } from '../output/describe-prediction.ts'
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
  terminal.out(describePrediction(query, response.prediction, response, estimates))
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
