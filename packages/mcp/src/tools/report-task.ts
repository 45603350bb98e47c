import { duration, usd, type FailureWords } from '@mosaicstack/telemetry-client/describe'
import type { Harness } from '@mosaicstack/telemetry-client/protocol'
import type { McpServer } from '@modelcontextprotocol/sdk/server/mcp.js'
import { z } from 'zod'

import { harnessOf } from '../harness-of.ts'
import { positionsIn } from '../notes/expectation.ts'
import type { Actual, TaskNote } from '../notes/task-notes.ts'
import type { Told } from '../telemetry.ts'
import { actualOf, dimensionsOf, eventOf, reportInput, type Report } from './report-event.ts'
import { answered, failed, summary } from './tool-answer.ts'
import type { ToolParts } from './tool-parts.ts'

const position = z.enum(['below', 'within', 'above']).optional()

const output = z.object({
  summary,
  state: z.enum(['stored', 'waiting']).describe('waiting: kept on disk until the server answers'),
  is_repeated: z.boolean().describe('Reported before: the first report stands'),
  is_counted: z.boolean().describe('Without tokens a task says nothing about what tasks take'),
  clamped: z.array(z.string()).describe('Beyond the most that an event may report, and sent as the most'),
  compared: z
    .object({ cost_usd: position, duration_s: position, input_tokens: position, output_tokens: position })
    .describe('Where it lies in the range that was predicted'),
})

/** What a finished task took. */
export function addReportTask(server: McpServer, parts: ToolParts): void {
  server.registerTool(
    'report_task',
    {
      title: 'Report a finished task',
      description:
        'Tells the telemetry server what a finished task took, so that later predictions are right, and compares it with ' +
        'what predict_task expected. Sends numbers and enumerations only, no text. Do not report what ' +
        '`mosaic-telemetry import` or a hook reads from your logs: it would count twice.',
      inputSchema: reportInput,
      outputSchema: output,
      annotations: { readOnlyHint: false, destructiveHint: false, idempotentHint: true, openWorldHint: true },
    },
    (report) => reportTask(report, parts, harnessOf(server.server.getClientVersion()?.name)),
  )
}

async function reportTask(report: Report, parts: ToolParts, harness: Harness) {
  const note = report.task_id === undefined ? undefined : parts.notes.read(report.task_id)
  const missing = findMissing(report, note)
  if (missing !== undefined) return failed(missing)

  const actual = actualOf(report, note, parts.nowMs())
  const { clamped, event } = eventOf(report, note, actual, harness)
  const told = await parts.telemetry.tell(event)
  if (told.kind === 'refused') return failed(told)

  const first = note?.reported?.actual
  const isRepeated = first !== undefined
  if (!isRepeated) remember(report, note, actual, parts)
  const isCounted = event.actual_input_tokens + event.actual_output_tokens > 0
  const line = [
    stateOf(told, isRepeated),
    ...(isCounted ? [] : ['Without tokens it does not count in predictions.']),
    ...(clamped.length === 0 ? [] : [`Sent as the most that an event may say: ${clamped.join(', ')}.`]),
    ...comparison(note, first ?? actual),
  ].join(' ')
  const compared = positionsIn(note?.expected ?? {}, first ?? actual)
  return answered(line, {
    state: told.kind,
    is_repeated: isRepeated,
    is_counted: isCounted,
    clamped,
    compared,
  })
}

function findMissing(report: Report, note: TaskNote | undefined): FailureWords | undefined {
  const why = 'since no prediction was asked for under this task_id'
  if (report.model === undefined && note === undefined) {
    return { what: `model: is needed, ${why}`, nextStep: 'Add the name of the model that did it.' }
  }
  if (report.duration_s === undefined && note === undefined) {
    return { what: `duration_s: is needed, ${why}`, nextStep: 'Add how many seconds it took.' }
  }
  if (report.cost_usd === undefined && report.input_tokens + report.output_tokens > 0) {
    const nextStep = 'Add it, 0 where it was free; or leave the tokens out.'
    return { what: 'cost_usd: is needed with tokens', nextStep }
  }
  return undefined
}

function remember(
  report: Report,
  note: TaskNote | undefined,
  actual: Actual,
  { notes, nowMs }: ToolParts,
): void {
  if (report.task_id === undefined) return
  const unpredicted = { predictedAtMs: nowMs(), query: dimensionsOf(report, note), expected: {} }
  notes.write(report.task_id, { ...(note ?? unpredicted), reported: { atMs: nowMs(), actual } })
}

function stateOf(told: Exclude<Told, { kind: 'refused' }>, isRepeated: boolean): string {
  if (isRepeated) return 'Reported before: the first report stands.'
  return told.kind === 'stored'
    ? 'Stored.'
    : `Kept on disk until the server answers (${told.cause}): there is nothing to do.`
}

/** Of cost and duration, which people ask for; the data say it of the tokens too. */
function comparison(note: TaskNote | undefined, actual: Actual): readonly string[] {
  const expected = note?.expected ?? {}
  const positions = positionsIn(expected, actual)
  const said = [
    ['cost_usd', 'Cost', (dollars: number) => usd(dollars * 1_000_000)],
    ['duration_s', 'Duration', (seconds: number) => duration(seconds * 1000)],
  ] as const
  return said.flatMap(([quantity, name, format]) => {
    const { p10, p90 } = expected[quantity] ?? {}
    const place = positions[quantity]
    if (p10 === undefined || p90 === undefined || place === undefined) return []
    return [`${name} ${format(actual[quantity])}, ${place} the ${format(p10)} – ${format(p90)} expected.`]
  })
}
