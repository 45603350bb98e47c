import type { RunRecord } from '@mosaicstack/telemetry-client/protocol'

import { duration } from '../output/format.ts'
import type { Column } from '../output/table.ts'

const MAX_ID = 46
const MAX_JOB = 11

/** Together at most 80 columns wide. */
export const runColumns: readonly Column<RunRecord>[] = [
  { title: 'RUN', value: (run) => shorten(run.run_id, MAX_ID) },
  { title: 'STATUS', value: (run) => run.status },
  { title: 'TOOK', align: 'right', value: took },
  { title: 'JOB', value: (run) => shorten(run.job_type, MAX_JOB) },
]

/** One run in one line, as wide as in the table. */
export function runLine(run: RunRecord): string {
  const [id = '', status = '', time = '', job = ''] = runColumns.map((column) => printable(column.value(run)))
  return `${id.padEnd(MAX_ID)}  ${status.padEnd(9)}  ${time.padStart(8)}  ${job}`.trimEnd()
}

/** Nothing while it runs: the stored duration is that of its end. */
export function took(run: RunRecord): string {
  return run.status === 'running' ? '' : duration(run.duration_ms ?? 0)
}

/** Cuts the middle: both ends tell runs apart. */
function shorten(text: string, maxLength: number): string {
  if (text.length <= maxLength) return text
  const tail = Math.ceil((maxLength - 1) / 2)
  return `${text.slice(0, maxLength - 1 - tail)}…${text.slice(-tail)}`
}

/** Names come from others, and a terminal would obey what is in them. */
export function printable(text: string): string {
  return text.replaceAll(/\p{Cc}/gu, '\u{fffd}')
}
