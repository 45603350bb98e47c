import { counted, tokens, usd } from '@mosaicstack/telemetry-client/describe'
import type { McpServer } from '@modelcontextprotocol/sdk/server/mcp.js'
import { z } from 'zod'

import { spendGroupings, type Spend, type SpendRow } from '../spend-ledger.ts'
import { readSince } from './read-since.ts'
import { answered, failed, short, summary } from './tool-answer.ts'
import type { ToolParts } from './tool-parts.ts'

/** More rows cost the reader more than they tell; the rest is one row. */
const MAX_ROWS = 10
const ROWS_SAID = 3

const input = z.strictObject({
  since: z.string().default('7d').describe('A day, 2026-11-21, or a number of days up to today, 7d'),
  by: z.enum(spendGroupings).default('day'),
})

const row = z.object({
  name: z.string(),
  cost_usd: z.number(),
  tasks: z.int(),
  input_tokens: z.number(),
  output_tokens: z.number(),
})

const output = z.object({
  summary,
  cost_usd: z.number(),
  tasks: z.int(),
  unpriced_tokens: z.number().describe('Of models without a known price: not in the cost'),
  missing: z.array(z.string()).describe('What logs are known to lack: it was more'),
  rows: z.array(row).describe('The latest days, or the dearest of anything else, first; the rest as one row'),
})

/** What coding agents have spent on this machine. */
export function addGetSpend(server: McpServer, parts: ToolParts): void {
  server.registerTool(
    'get_spend',
    {
      title: 'What was spent',
      description:
        'What the coding agents of this machine have spent, by day, model or project, as imported from their own logs. ' +
        'Knows nothing that `mosaic-telemetry import` has not read yet.',
      inputSchema: input,
      outputSchema: output,
      annotations: { readOnlyHint: true, openWorldHint: false },
    },
    async ({ by, since }) => {
      const sinceMs = readSince(since, parts.nowMs())
      if (sinceMs === undefined) {
        return failed({
          what: `since: ${JSON.stringify(since)} is no day`,
          nextStep: 'Write it as 2026-11-21 or 7d.',
        })
      }
      const spend = await parts.ledger.spend({ by, sinceMs })
      if (spend.kind === 'unreadable') return failed(spend)
      if (spend.kind === 'nothing_imported') {
        return failed({
          what: 'No agent logs were imported on this machine yet',
          nextStep: 'Ask for `mosaic-telemetry import` to be run, then call this again.',
        })
      }
      const data = summarise(spend, by === 'day')
      return answered(describe(data, since), data)
    },
  )
}

type Summary = Omit<z.infer<typeof output>, 'summary'>

function summarise({ missing, rows, total }: Extract<Spend, { kind: 'spend' }>, isByDay: boolean): Summary {
  const dearest = rows.toSorted((a, b) => b.costUsdMicros - a.costUsdMicros)
  const ordered = isByDay ? rows.toSorted((a, b) => (a.name < b.name ? 1 : -1)) : dearest
  const rest = ordered.slice(MAX_ROWS)
  const shown = ordered.slice(0, MAX_ROWS)
  return {
    cost_usd: dollars(total.costUsdMicros),
    tasks: total.tasks,
    unpriced_tokens: total.unpricedTokens,
    missing: [...missing],
    rows: [...shown, ...(rest.length === 0 ? [] : [sum(`${rest.length} more`, rest)])].map(shortRow),
  }
}

function sum(name: string, rows: readonly SpendRow[]): SpendRow {
  const add = (field: Exclude<keyof SpendRow, 'name'>) => rows.reduce((total, each) => total + each[field], 0)
  return {
    name,
    tasks: add('tasks'),
    costUsdMicros: add('costUsdMicros'),
    unpricedTokens: add('unpricedTokens'),
    inputTokens: add('inputTokens'),
    outputTokens: add('outputTokens'),
  }
}

function shortRow({ costUsdMicros, inputTokens, name, outputTokens, tasks }: SpendRow): z.infer<typeof row> {
  return {
    // Of a project's directory the last part: the path says nothing more, and costs.
    name: name.split(/[/\\]/).findLast((part) => part !== '') ?? name,
    cost_usd: dollars(costUsdMicros),
    tasks,
    input_tokens: short(inputTokens),
    output_tokens: short(outputTokens),
  }
}

/** To the cent: sums are compared. */
function dollars(micros: number): number {
  return Math.round(micros / 10_000) / 100
}

/** Says the first rows too: often they are all that was asked for. */
function describe(data: Summary, since: string): string {
  const first = data.rows
    .slice(0, ROWS_SAID)
    .map(({ cost_usd: cost, name }) => `${name} ${usd(cost * 1_000_000)}`)
  const rows = first.length === 0 ? '' : ` ${first.join(', ')}${data.rows.length > ROWS_SAID ? ', …' : '.'}`
  const unpriced =
    data.unpriced_tokens === 0 ? '' : ` ${tokens(data.unpriced_tokens)} tokens have no known price.`
  const gaps = data.missing.length === 0 ? '' : ` It was more: the logs lack ${data.missing.join(', ')}.`
  return `${usd(data.cost_usd * 1_000_000)} for ${counted(data.tasks, 'task')} since ${since}.${rows}${unpriced}${gaps}`
}
