import type { SpoolReport } from '@mosaicstack/telemetry-client/diagnostics'

import { counted } from '../output/format.ts'

/** What still waits in a directory, and whose care it is in. In records. */
export interface Kept {
  readonly waiting: number
  /** Of them, those that running processes will deliver themselves. */
  readonly with_processes: number
  readonly pids: readonly number[]
  /** Of them, those meant for another server or instance. */
  readonly for_others: number
  readonly oldest_at: string | null
  readonly dead_letters: number
}

export function keptIn(report: SpoolReport, destination: string): Kept {
  const full = report.segments.filter(({ records }) => records > 0)
  const ours = full.filter((segment) => segment.destination === destination)
  const held = ours.filter(({ keeper }) => keeper.kind !== 'nobody')
  const oldestMs = Math.min(...full.map(({ oldestMs: ms }) => ms ?? Infinity))
  return {
    waiting: count(full),
    with_processes: count(held),
    pids: [...new Set(held.flatMap(({ keeper }) => (keeper.kind === 'process' ? [keeper.pid] : [])))],
    for_others: count(full) - count(ours),
    oldest_at: Number.isFinite(oldestMs) ? new Date(oldestMs).toISOString() : null,
    dead_letters: report.deadLetters,
  }
}

function count(segments: SpoolReport['segments']): number {
  return segments.reduce((sum, { records }) => sum + records, 0)
}

/** Why some of it is not delivered from here. */
export function describeKept({ for_others: others, pids, with_processes: held }: Kept): readonly string[] {
  const owners =
    pids.length === 0
      ? 'another machine'
      : `running ${pids.length === 1 ? 'process' : 'processes'} ${pids.join(', ')}`
  return [
    ...(held > 0 ? [`${counted(held, 'record')} in the care of ${owners}`] : []),
    ...(others > 0
      ? [`${counted(others, 'record')} for another server or instance; name it with --server-url`]
      : []),
  ]
}
