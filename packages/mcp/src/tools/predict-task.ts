import type { PredictionQuery, PredictionResponse } from '@mosaicstack/telemetry-client'
import { summarisePrediction } from '@mosaicstack/telemetry-client/describe'
import { providerOfModel } from '@mosaicstack/telemetry-client/protocol'
import type { McpServer } from '@modelcontextprotocol/sdk/server/mcp.js'
import { z } from 'zod'

import { expectationOf } from '../notes/expectation.ts'
import { quantities, type Expectation } from '../notes/task-notes.ts'
import { complexity, model, provider, taskId, taskType } from './task-fields.ts'
import { answered, failed, short, summary } from './tool-answer.ts'
import type { ToolParts } from './tool-parts.ts'

const input = z.strictObject({
  model,
  task_type: taskType.default('unknown'),
  complexity: complexity.default('medium'),
  provider: provider.optional(),
  budget_usd: z.number().min(0).max(1e9).optional().describe('Asks how likely the task is to cost more'),
  task_id: taskId.optional().describe('Your name for the task; made up where you give none'),
})

const range = z
  .object({ p10: z.number().optional(), p50: z.number(), p90: z.number().optional() })
  .optional()
  .describe('Four of five tasks end between p10 and p90')

const output = z.object({
  summary,
  task_id: z.string().describe('Give it to report_task'),
  is_known: z.boolean().describe('Whether anything is known of such tasks'),
  cost_usd: range,
  duration_s: range,
  input_tokens: range,
  output_tokens: range,
  success_probability: z.number().optional(),
  cost_per_success_usd: z.number().optional(),
  budget_exceeded_probability: z.number().optional(),
  confidence: z.enum(['high', 'medium', 'low', 'none']),
})

/** What a task will take, before it begins. */
export function addPredictTask(server: McpServer, parts: ToolParts): void {
  server.registerTool(
    'predict_task',
    {
      title: 'Predict a task',
      description:
        'What a coding task will cost, how long it takes, how likely it succeeds: ranges learned from finished tasks of ' +
        'the same kind. Knows the kind of task only, not the prompt or the code. Call it before work that may be dear, ' +
        'then report_task with the same task_id.',
      inputSchema: input,
      outputSchema: output,
      annotations: { readOnlyHint: true, openWorldHint: true },
    },
    async (task) => {
      const query = queryOf(task)
      const asked = await parts.telemetry.ask(query)
      if (asked.kind === 'no_answer') return failed(asked)

      const { response } = asked
      const id = task.task_id ?? parts.newTaskId()
      const expected = expectationOf(response)
      remember(parts, id, query, expected)
      const line = summarisePrediction(query, response) ?? 'Nothing is known of such tasks yet.'
      return answered(
        `${line} When it has ended, report it as task_id ${id}.`,
        dataOf(id, expected, response),
      )
    },
  )
}

function queryOf(task: z.infer<typeof input>): PredictionQuery {
  const { budget_usd: budget, complexity: difficulty, model: name, task_type: type } = task
  return {
    task_type: type,
    model: name,
    provider: task.provider ?? providerOfModel(name),
    complexity: difficulty,
    ...(budget !== undefined && { budget_cost_usd_micros: Math.round(budget * 1_000_000) }),
  }
}

/** The first expectation stands: who asks again half way must not compare the end with what was known by then. */
function remember(
  { notes, nowMs }: ToolParts,
  id: string,
  query: PredictionQuery,
  expected: Expectation,
): void {
  if (notes.read(id) !== undefined) return
  const { complexity: difficulty, model: name, provider: server, task_type: type } = query
  const dimensions = { task_type: type, model: name, provider: server, complexity: difficulty }
  notes.write(id, { predictedAtMs: nowMs(), query: dimensions, expected })
}

function dataOf(
  id: string,
  expected: Expectation,
  { forecast, metadata, prediction }: PredictionResponse,
): Omit<z.infer<typeof output>, 'summary'> {
  const { cost_per_success_usd_micros: costMicros, exceeds, success_probability: success } = forecast ?? {}
  const probability = success?.value ?? prediction?.quality.success_rate
  const [risk] = exceeds ?? []
  return {
    task_id: id,
    is_known: quantities.some((quantity) => expected[quantity] !== undefined),
    ...roundedRanges(expected),
    ...(probability !== undefined && { success_probability: short(probability) }),
    ...(costMicros !== undefined && { cost_per_success_usd: short(costMicros / 1_000_000) }),
    ...(risk !== undefined && { budget_exceeded_probability: short(risk.probability) }),
    confidence: metadata.confidence,
  }
}

function roundedRanges(expected: Expectation): Expectation {
  return Object.fromEntries(
    quantities.flatMap((quantity) => {
      const known = expected[quantity]
      if (known === undefined) return []
      return [
        [quantity, Object.fromEntries(Object.entries(known).map(([name, value]) => [name, short(value)]))],
      ]
    }),
  )
}
