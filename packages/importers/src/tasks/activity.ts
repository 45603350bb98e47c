/**
 * What happened in a task besides its requests, as sums. Facts are added one by one; the activities of two stretches of
 * a log merge to what one parser would have gathered over both, in any order.
 */
import type { QualityGate } from '@mosaicstack/telemetry-client/protocol'

import type { Ending, FileArea, LogFact, MissingPart, ToolPurpose } from '../log-facts.ts'

export interface Activity {
  /** When something was last done; 0 where nothing was. */
  lastMs: number
  /** What the agent measured, over all turns; 0 where it says nothing. */
  turnDurationMs: number
  compactions: number
  retries: number
  linesAdded: number
  linesRemoved: number
  toolFailures: number
  /** Calls by purpose. */
  tools: Partial<Record<ToolPurpose, number>>
  /** Edits by language. */
  languages: Record<string, number>
  /** Edits by the kind of file. */
  areas: Partial<Record<FileArea, number>>
  gates: Partial<Record<QualityGate, GateRuns>>
  ending: { atMs: number; ending: Ending } | null
  /** In alphabetical order. */
  missing: MissingPart[]
  /** Local only. */
  project: string | null
  /** Local only. */
  branch: string | null
  version: string | null
}

export interface GateRuns {
  runs: number
  failures: number
  /** The last run decides whether the gate was passed in the end. */
  lastMs: number
  lastFailed: boolean
}

export function noActivity(): Activity {
  return {
    lastMs: 0,
    turnDurationMs: 0,
    compactions: 0,
    retries: 0,
    linesAdded: 0,
    linesRemoved: 0,
    toolFailures: 0,
    tools: {},
    languages: {},
    areas: {},
    gates: {},
    ending: null,
    missing: [],
    project: null,
    branch: null,
    version: null,
  }
}

/** Adds one fact in place. Facts that are no activity change nothing. */
export function addFact(activity: Activity, fact: LogFact): void {
  switch (fact.kind) {
    case 'task_start':
      activity.project = fact.project ?? null
      activity.branch = fact.branch ?? null
      activity.version = fact.version ?? null
      return
    case 'edit':
      if (fact.language !== undefined) count(activity.languages, fact.language)
      count(activity.areas, fact.area)
      activity.linesAdded += fact.linesAdded
      activity.linesRemoved += fact.linesRemoved
      return
    case 'tool':
      count(activity.tools, fact.purpose)
      if (fact.failed) activity.toolFailures++
      return
    case 'gate':
      return addGate(activity, fact.gate, {
        runs: 1,
        failures: fact.failed ? 1 : 0,
        lastMs: fact.atMs,
        lastFailed: fact.failed,
      })
    case 'compaction':
      activity.compactions++
      return
    case 'retry':
      activity.retries++
      return
    case 'ending':
      activity.ending = later(activity.ending, { atMs: fact.atMs, ending: fact.ending })
      return
    case 'seen':
      activity.lastMs = Math.max(activity.lastMs, fact.atMs)
      return
    case 'turn_duration':
      activity.turnDurationMs += fact.durationMs
      return
    case 'missing':
      activity.missing = union(activity.missing, [fact.part])
      return
    default:
      return
  }
}

/** Adds `other`, which came later or from elsewhere, to `activity` in place. */
export function addActivity(activity: Activity, other: Activity): void {
  activity.lastMs = Math.max(activity.lastMs, other.lastMs)
  activity.turnDurationMs += other.turnDurationMs
  activity.compactions += other.compactions
  activity.retries += other.retries
  activity.linesAdded += other.linesAdded
  activity.linesRemoved += other.linesRemoved
  activity.toolFailures += other.toolFailures
  addCounts(activity.tools, other.tools)
  addCounts(activity.languages, other.languages)
  addCounts(activity.areas, other.areas)
  for (const [gate, runs] of Object.entries(other.gates)) addGate(activity, gate as QualityGate, runs)
  activity.ending = later(activity.ending, other.ending)
  activity.missing = union(activity.missing, other.missing)
  activity.project ??= other.project
  activity.branch ??= other.branch
  activity.version ??= other.version
}

function addGate(activity: Activity, gate: QualityGate, runs: GateRuns): void {
  const known = activity.gates[gate]
  if (known === undefined) {
    activity.gates[gate] = { ...runs }
    return
  }
  known.runs += runs.runs
  known.failures += runs.failures
  if (runs.lastMs > known.lastMs) {
    known.lastMs = runs.lastMs
    known.lastFailed = runs.lastFailed
  } else if (runs.lastMs === known.lastMs) known.lastFailed ||= runs.lastFailed
}

/** Of two endings at one time the worse one: the order of the lines is not known across files. */
function later(a: Activity['ending'], b: Activity['ending']): Activity['ending'] {
  if (a === null || b === null) return a ?? b
  if (a.atMs !== b.atMs) return a.atMs > b.atMs ? a : b
  return ENDINGS.indexOf(a.ending) >= ENDINGS.indexOf(b.ending) ? a : b
}

const ENDINGS: readonly Ending[] = ['answered', 'failed', 'interrupted']

function count<Key extends string>(counts: Partial<Record<Key, number>>, key: Key): void {
  counts[key] = (counts[key] ?? 0) + 1
}

function addCounts<Key extends string>(
  counts: Partial<Record<Key, number>>,
  others: Partial<Record<Key, number>>,
): void {
  for (const [key, number] of Object.entries<number | undefined>(others)) {
    counts[key as Key] = (counts[key as Key] ?? 0) + (number ?? 0)
  }
}

function union(a: MissingPart[], b: readonly MissingPart[]): MissingPart[] {
  if (b.every((part) => a.includes(part))) return a
  return [...new Set([...a, ...b])].sort()
}
