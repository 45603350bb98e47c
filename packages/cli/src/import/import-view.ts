import type { HarnessSummary } from '@mosaicstack/telemetry-importers'

import { counted } from '../output/format.ts'
import { paragraph } from '../output/paragraph.ts'
import { type Column, table } from '../output/table.ts'
import type { RoundReport } from './import-round.ts'
import { nameOf } from './select-sources.ts'

/** One agent's row of `import`, by its names in `--json`. */
export interface AgentRow {
  readonly agent: string
  readonly files: number
  readonly requests: number
  readonly tasks: number
  /** Handed over by this import. */
  readonly sent: number
  /** Handed over by earlier ones. */
  readonly sent_before: number
  readonly incomplete: number
  /** Of those sent now, at a bound of the event schema. */
  readonly clamped: number
  readonly tasks_missing: HarnessSummary['missing']
  readonly sessions_missing: HarnessSummary['sessionsMissing']
  readonly issues: HarnessSummary['issues']
}

export function agentRows(
  summaries: readonly HarnessSummary[],
  handedOver: RoundReport['handedOver'],
): readonly AgentRow[] {
  return summaries.map(({ harness, issues, missing, sent, sessionsMissing, ...summary }) => ({
    agent: nameOf(harness),
    files: summary.files,
    requests: summary.requests,
    tasks: summary.tasks,
    sent: handedOver.get(harness)?.events ?? 0,
    sent_before: sent - (handedOver.get(harness)?.events ?? 0),
    incomplete: summary.incomplete,
    clamped: handedOver.get(harness)?.clamped ?? 0,
    tasks_missing: missing,
    sessions_missing: sessionsMissing,
    issues,
  }))
}

export function importTable(rows: readonly AgentRow[]): string {
  const number = (title: string, value: (row: AgentRow) => number): Column<AgentRow> => ({
    title,
    align: 'right',
    value: (row) => String(value(row)),
  })
  return table<AgentRow>(
    [
      { title: 'AGENT', value: ({ agent }) => agent },
      number('FILES', ({ files }) => files),
      number('REQUESTS', ({ requests }) => requests),
      number('TASKS', ({ tasks }) => tasks),
      number('SENT', ({ sent }) => sent),
      number('BEFORE', (row) => row.sent_before),
      number('INCOMPLETE', ({ incomplete }) => incomplete),
      number('CLAMPED', ({ clamped }) => clamped),
      number('SKIPPED', ({ issues }) => sumOf(issues)),
    ],
    rows,
  )
}

/** What the table cannot say, a paragraph each. */
export function importWords(rows: readonly AgentRow[], round: RoundReport): readonly string[] {
  return [
    ...rows.flatMap(incompleteWords),
    ...rows.flatMap(skippedWords),
    ...withheldWords(round.withheld),
    ...telemetryWords(round.telemetry),
    ...deliveryWords(round),
  ].map((sentence) => paragraph([sentence]))
}

function incompleteWords({ agent, sessions_missing: sessions, tasks_missing: tasks }: AgentRow) {
  const parts = [
    ...Object.entries(tasks).map(([part, count]) => lacks(count, 'task', part)),
    ...Object.entries(sessions).map(([part, count]) => lacks(count, 'session', part)),
  ]
  return parts.length === 0 ? [] : [`${agent}: ${parts.join(', ')}.`]
}

function lacks(count: number, noun: string, part: string): string {
  return `${counted(count, noun)} ${count === 1 ? 'lacks' : 'lack'} ${part}`
}

function skippedWords({ agent, issues }: AgentRow): readonly string[] {
  const reasons = Object.entries(issues).map(([issue, count]) => `${count} ${issue}`)
  return reasons.length === 0 ? [] : [`${agent}: skipped or repaired in its logs: ${reasons.join(', ')}.`]
}

function withheldWords({ no_usage: unused, not_final: open, unpriced }: RoundReport['withheld']) {
  return [
    ...(open > 0
      ? [`${counted(open, 'task')} not over yet: sent when the session is closed, or quiet for half an hour.`]
      : []),
    ...(unpriced > 0
      ? [`${counted(unpriced, 'task')} with a model of unknown price: kept here until a price is known.`]
      : []),
    ...(unused > 0 ? [`${counted(unused, 'prompt')} that no model answered: nothing to send.`] : []),
  ]
}

function telemetryWords(telemetry: RoundReport['telemetry']): readonly string[] {
  if (telemetry === undefined || (telemetry.kind === 'merged' && telemetry.requests === 0)) return []
  return telemetry.kind === 'merged'
    ? [`Merged ${counted(telemetry.requests, 'request')} that OpenTelemetry told the server.`]
    : [`No OpenTelemetry merged: ${telemetry.cause}.`]
}

function deliveryWords({ delivery, reason }: RoundReport): readonly string[] {
  const { refused, spooled, waiting } = delivery
  const why = reason === undefined ? '' : ` (${reason})`
  return [
    ...(spooled > 0
      ? [
          `${counted(spooled, 'event')} of these wait in the spool${why}; the next import or \`sync\` delivers.`,
        ]
      : []),
    ...(waiting > 0 ? [`${counted(waiting, 'event')} not sent${why}; kept here for the next import.`] : []),
    ...(refused > 0 ? [`${counted(refused, 'event')} refused by the server${why}; see \`doctor\`.`] : []),
  ]
}

function sumOf(counts: Readonly<Partial<Record<string, number>>>): number {
  return Object.values(counts).reduce<number>((sum, count) => sum + (count ?? 0), 0)
}
