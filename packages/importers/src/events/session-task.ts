import { taskEventId } from '@mosaicstack/telemetry-client/protocol'

import type { GateRuns } from '../tasks/activity.ts'
import type { ModelShare, TaskRecord } from '../tasks/task-record.ts'
import { addShares } from '../tasks/summarise-task.ts'
import { addTokens, NO_TOKENS } from '../tokens.ts'

/** The name in event ids of a whole session; no agent calls a prompt so. */
export const WHOLE_SESSION = '(session)'

/** All tasks of one session as one: for those who count sessions. What belongs to no task is not in it. */
export function joinSession(tasks: readonly TaskRecord[]): TaskRecord {
  const ordered = [...tasks].sort((a, b) => a.startedAtMs - b.startedAtMs)
  const first = ordered[0]
  const last = ordered.at(-1)
  if (first === undefined || last === undefined) throw new RangeError('a session without tasks is no task')
  const sum = (value: (task: TaskRecord) => number): number =>
    ordered.reduce((total, task) => total + value(task), 0)
  const longest = [...ordered].sort((a, b) => b.durationMs - a.durationMs)[0] ?? first
  return {
    ...last,
    prompt: WHOLE_SESSION,
    eventId: taskEventId({ harness: first.harness, sessionId: first.session, promptId: WHOLE_SESSION }),
    startedAtMs: first.startedAtMs,
    endedAtMs: Math.max(...ordered.map((task) => task.endedAtMs)),
    durationMs: sum((task) => task.durationMs),
    requests: sum((task) => task.requests),
    tokens: ordered.reduce((total, { tokens }) => addTokens(total, tokens), NO_TOKENS),
    cost: {
      knownNanoUsd: sum(({ cost }) => cost.knownNanoUsd),
      unpricedRequests: sum(({ cost }) => cost.unpricedRequests),
    },
    models: joinModels(ordered.flatMap((task) => task.models)),
    compactions: sum((task) => task.compactions),
    retries: sum((task) => task.retries),
    peakContextTokens: Math.max(...ordered.map((task) => task.peakContextTokens)),
    peakContextUse: Math.max(...ordered.map((task) => task.peakContextUse)),
    gates: joinGates(ordered),
    language: longest.language ?? last.language,
    linesAdded: sum((task) => task.linesAdded),
    linesRemoved: sum((task) => task.linesRemoved),
    toolFailures: sum((task) => task.toolFailures),
    taskType: longest.taskType,
    completeness: {
      sources: [...new Set(ordered.flatMap((task) => task.completeness.sources))],
      missing: [...new Set(ordered.flatMap((task) => task.completeness.missing))].sort(),
    },
    hasSuccessor: false,
  }
}

function joinModels(shares: readonly ModelShare[]): readonly ModelShare[] {
  const byModel = new Map<string, ModelShare>()
  for (const share of shares) {
    const key = `${share.model}\n${share.provider}`
    const known = byModel.get(key)
    byModel.set(key, known === undefined ? share : addShares(known, share))
  }
  return [...byModel.values()].sort((a, b) => b.cost.knownNanoUsd - a.cost.knownNanoUsd)
}

function joinGates(ordered: readonly TaskRecord[]): TaskRecord['gates'] {
  const joined: Record<string, GateRuns> = {}
  for (const { gates } of ordered) {
    for (const [gate, runs] of Object.entries(gates)) {
      const known = joined[gate]
      joined[gate] = {
        runs: runs.runs + (known?.runs ?? 0),
        failures: runs.failures + (known?.failures ?? 0),
        lastMs: runs.lastMs,
        lastFailed: runs.lastFailed,
      }
    }
  }
  return joined
}
