import { PersonalCorrection } from '@mosaicstack/telemetry-client'
import { counted, describeCalibration } from '@mosaicstack/telemetry-client/describe'
import { providerOfModel } from '@mosaicstack/telemetry-client/protocol'
import type { McpServer } from '@modelcontextprotocol/sdk/server/mcp.js'
import { z } from 'zod'

import { positionsIn } from '../notes/expectation.ts'
import type { TaskNote } from '../notes/task-notes.ts'
import { complexity, model, provider, taskType } from './task-fields.ts'
import { answered, failed, short, summary } from './tool-answer.ts'
import type { ToolParts } from './tool-parts.ts'

/** Tasks of one's own that are looked at, the latest ones. */
const OWN_TASKS = 50

const input = z.strictObject({
  model: model.default('unknown'),
  task_type: taskType.default('unknown'),
  complexity: complexity.default('medium'),
  provider: provider.optional(),
})

const output = z.object({
  summary,
  target: z
    .number()
    .nullable()
    .describe('The share of tasks that a range is meant to hold; null without forecasts'),
  observed_30d: z.number().nullable().describe('The share that ranges held'),
  ranges: z.int().describe('Ranges judged in 30 days'),
  correction_factors: z
    .object({ input: z.number(), output: z.number() })
    .optional()
    .describe('What estimates of such tasks are to be multiplied by'),
  own: z
    .object({ tasks: z.int(), cost_within_range: z.number().nullable(), cost_factor: z.number() })
    .describe(
      'The tasks predicted and reported on this machine; cost_factor: theirs against what was predicted',
    ),
})

/** How far predictions can be believed. */
export function addGetCalibration(server: McpServer, parts: ToolParts): void {
  server.registerTool(
    'get_calibration',
    {
      title: 'How good predictions are',
      description:
        'How earlier predictions turned out: on the server in the last 30 days, and for the tasks predicted and reported ' +
        'on this machine. With a kind of task also by what to multiply your own token estimates.',
      inputSchema: input,
      outputSchema: output,
      annotations: { readOnlyHint: true, openWorldHint: true },
    },
    async (kind) => {
      const query = { ...kind, provider: kind.provider ?? providerOfModel(kind.model) }
      const asked = await parts.telemetry.ask(query)
      if (asked.kind === 'no_answer') return failed(asked)

      const { forecast, prediction } = asked.response
      const own = ownRecord(parts.notes.reported().slice(0, OWN_TASKS))
      const calibration = forecast?.calibration
      const line =
        calibration === undefined ? 'The server does not forecast yet.' : describeCalibration(calibration)
      return answered(`${line} ${describeOwn(own)}`, {
        target: calibration?.target ?? null,
        observed_30d: calibration?.observed_30d ?? null,
        ranges: calibration?.n ?? 0,
        ...(prediction !== null && { correction_factors: prediction.correction_factors }),
        own,
      })
    },
  )
}

type OwnRecord = z.infer<typeof output>['own']

function ownRecord(notes: readonly TaskNote[]): OwnRecord {
  const correction = new PersonalCorrection(OWN_TASKS)
  let tasks = 0
  let within = 0
  for (const { expected, reported } of notes) {
    const place = reported && positionsIn(expected, reported.actual).cost_usd
    if (place === undefined) continue
    tasks++
    if (place === 'within') within++
    correction.observe(expected.cost_usd?.p50 ?? 0, reported?.actual.cost_usd ?? 0)
  }
  return {
    tasks,
    cost_within_range: tasks === 0 ? null : short(within / tasks),
    cost_factor: short(correction.factor),
  }
}

function describeOwn({ cost_factor: factor, cost_within_range: within, tasks }: OwnRecord): string {
  if (within === null) return 'No task was both predicted and reported on this machine yet.'
  const record = `Here ${Math.round(within * tasks)} of ${counted(tasks, 'task')} cost what was expected`
  return factor === 1 ? `${record}.` : `${record}; multiply expected costs by ${factor}.`
}
