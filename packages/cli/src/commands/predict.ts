import type { PredictionQuery } from '@mosaicstack/telemetry-client'
import { describePrediction, type Estimates } from '@mosaicstack/telemetry-client/describe'
import { Complexity, Provider, TaskType } from '@mosaicstack/telemetry-client/protocol'
import type { Command } from 'commander'

import { askPrediction } from '../ask-prediction.ts'
import { CliError } from '../cli-error.ts'
import { findConnection } from '../connection.ts'
import { paragraph } from '../output/paragraph.ts'
import { showPrediction } from '../output/show-prediction.ts'
import { terminal } from '../output/terminal.ts'
import { readPredictionQuery } from '../prediction-query.ts'
import { withExample } from './with-example.ts'

interface Flags {
  readonly model?: string
  readonly taskType: string
  readonly complexity: string
  readonly provider?: string
  readonly budget?: string
  readonly estimateIn?: string
  readonly estimateOut?: string
  readonly serverUrl?: string
  readonly dataDir?: string
  readonly json?: boolean
}

export function addPredict(program: Command): void {
  const command = program.command('predict').description('what the next task will take')
  withExample(command, 'mosaic-telemetry predict --model claude-sonnet-4-5 --task-type debugging --budget 2')
  command
    .option('--model <model>', 'the model that will do it; needed')
    .option('--task-type <type>', Object.values(TaskType).join(', '), 'unknown')
    .option('--complexity <complexity>', Object.values(Complexity).join(', '), 'medium')
    .option('--provider <provider>', `${Object.values(Provider).join(', ')}; guessed from the model`)
    .option('--budget <usd>', 'dollars it should not exceed: how likely is it to?')
    .option('--estimate-in <tokens>', 'your own estimate of input tokens, to be corrected')
    .option('--estimate-out <tokens>', 'your own estimate of output tokens, to be corrected')
    .option('--server-url <url>', 'ask that server')
    .option('--data-dir <directory>', 'directory of the local server, where its key is kept')
    .option('--json', "print the server's answer as JSON")
    .action(predict)
}

async function predict(flags: Flags): Promise<void> {
  const query = { ...readPredictionQuery(flags), ...readBudget(flags.budget) }
  const estimates: Estimates = {
    input: readEstimate('--estimate-in', flags.estimateIn),
    output: readEstimate('--estimate-out', flags.estimateOut),
  }
  const connection = findConnection(flags)
  const response = await askPrediction(query, connection)
  if (flags.json) return terminal.out(JSON.stringify(response, null, 2))

  const words = describePrediction(query, response, estimates)
  if (words !== undefined) return terminal.out(showPrediction(query, words))
  terminal.err(
    paragraph([
      `Nothing to predict from yet: ${connection.serverUrl} knows of no finished task, or too few report there.`,
      'Report finished tasks first; the README has ten lines that do.',
    ]),
  )
}

function readBudget(text: string | undefined): Pick<PredictionQuery, 'budget_cost_usd_micros'> {
  if (text === undefined) return {}
  if (/^\$?\d{1,9}(?:\.\d{1,6})?$/.test(text)) {
    return { budget_cost_usd_micros: Math.round(Number(text.replace('$', '')) * 1_000_000) }
  }
  throw new CliError(`--budget: ${JSON.stringify(text)} is not an amount of dollars`, {
    hint: 'Write it as 2 or 2.50.',
    exitCode: 2,
  })
}

function readEstimate(flag: string, text: string | undefined): number | undefined {
  if (text === undefined || /^\d+$/.test(text)) return text === undefined ? undefined : Number(text)
  throw new CliError(`${flag}: ${JSON.stringify(text)} is not a number of tokens`, {
    hint: 'Write it in digits: 45000.',
    exitCode: 2,
  })
}
