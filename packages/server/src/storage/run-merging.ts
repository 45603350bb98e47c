import { type RunFieldRule, runFields } from '@mosaicstack/telemetry-client/protocol'

/**
 * How a repeated write is merged into the run that is there, as the assignments of an UPDATE that both engines read.
 * Writes may arrive late and out of order, so:
 *
 * - A write that says `running` is an early one. It only fills gaps, and never takes an end back.
 * - Any other write is a later one: what it says replaces what is there, what it leaves out stays.
 * - A count of 0 says nothing: clients send it where nothing was counted.
 * - What was set when the run began (ids, names, start) stays as it is.
 * - An end that the server only presumed gives way to any end or status that the client says.
 */

const DEFAULTS: Readonly<Record<string, string | number>> = { count: 0, flag: 0, status: 'running' }
const IS_EARLY = `excluded.status = 'running'`

/** Merges `excluded`, the row of the repeated write, into `runs`. */
export function mergeAssignments(): string {
  return assignments(mergedColumn, `NOT ${IS_EARLY}`)
}

/** Puts `change` into `runs`; `change.is_commit` tells whether it names a commit. */
export function changeAssignments(): string {
  return assignments(changedColumn, 'change.status IS NOT NULL')
}

/** What a new run has where its first write leaves a field out, in the order of `runColumns`. */
export const runDefaults: readonly (string | number | null)[] = (
  Object.values(runFields) as RunFieldRule[]
).map(({ kind }) => DEFAULTS[kind] ?? null)

function mergedColumn(name: string, rule: RunFieldRule): string | undefined {
  if (rule.immutable) return undefined
  if (name === 'status') return `status = CASE WHEN ${IS_EARLY} THEN runs.status ELSE excluded.status END`
  if (rule.kind === 'count' || rule.kind === 'flag') {
    return `${name} = CASE WHEN excluded.${name} = 0 OR (${IS_EARLY} AND runs.${name} <> 0) THEN runs.${name} ELSE excluded.${name} END`
  }
  return `${name} = CASE WHEN ${IS_EARLY} THEN coalesce(runs.${name}, excluded.${name}) ELSE coalesce(excluded.${name}, runs.${name}) END`
}

/** A column's value in a change: what the change leaves out stays. */
function changedColumn(name: string, rule: RunFieldRule): string | undefined {
  if (rule.immutable) return undefined
  const merged = `coalesce(change.${name}, runs.${name})`
  if (name === 'git_commit_author' || name === 'git_commit_timestamp') {
    return `${name} = CASE WHEN change.is_commit AND change.git_commit_hash IS DISTINCT FROM runs.git_commit_hash
      THEN change.${name} ELSE ${merged} END`
  }
  return `${name} = ${merged}`
}

function assignments(
  column: (name: string, rule: RunFieldRule) => string | undefined,
  clientSaidBetter: string,
): string {
  const columns = Object.entries(runFields).map(([name, rule]) => column(name, rule))
  // The server's presumption is gone as soon as the client has said better.
  const presumed = ['presumed_end_time', 'presumed_error'].map(
    (name) => `${name} = CASE WHEN ${clientSaidBetter} THEN NULL ELSE runs.${name} END`,
  )
  return [...columns, ...presumed].filter((line) => line !== undefined).join(',\n    ')
}
