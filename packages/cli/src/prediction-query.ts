import type { PredictionQuery } from '@mosaicstack/telemetry-client'
import {
  Complexity,
  describeProblem,
  findQueryProblems,
  Provider,
  providerOfModel,
  TaskType,
} from '@mosaicstack/telemetry-client/protocol'

import { CliError } from './cli-error.ts'
import { nearestWord } from './nearest-word.ts'

const SEE_HELP = 'See `mosaic-telemetry predict --help`.'

/** The question that the flags of `predict` ask. */
export function readPredictionQuery(flags: {
  readonly taskType: string
  readonly model?: string
  readonly provider?: string
  readonly complexity: string
}): PredictionQuery {
  const { model } = flags
  // Not left to the parser, which would complain of the missing --model where somebody wrote --modle.
  if (model === undefined) {
    throw new CliError('--model: is needed', { hint: 'Such as --model claude-sonnet-4-5.', exitCode: 2 })
  }
  const query: PredictionQuery = {
    task_type: readChoice('--task-type', flags.taskType, TaskType),
    model,
    provider: readChoice('--provider', flags.provider ?? providerOfModel(model), Provider),
    complexity: readChoice('--complexity', flags.complexity, Complexity),
  }
  const problems = findQueryProblems(query)
  if (problems.length === 0) return query
  throw new CliError(problems.map((problem) => `--${describeProblem(problem)}`).join('\n'), {
    hint: SEE_HELP,
    exitCode: 2,
  })
}

function readChoice<Value extends string>(
  flag: string,
  text: string,
  choices: Readonly<Record<string, Value>>,
): Value {
  const values = Object.values(choices)
  const value = values.find((known) => known === text)
  if (value !== undefined) return value

  const nearest = nearestWord(text, values)
  throw new CliError(`${flag}: ${JSON.stringify(text)} is not one of ${values.join(', ')}`, {
    hint: nearest === undefined ? SEE_HELP : `Did you mean ${nearest}?`,
    exitCode: 2,
  })
}
