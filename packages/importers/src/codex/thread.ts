import type { JsonRecord } from '../importer.ts'
import { idIn, isRecord, recordIn, textIn } from '../json-fields.ts'

/** What the first `session_meta` of a rollout says. */
export interface Thread {
  readonly id: string
  /** The thread that a person talks to: this one, or the one that started it. */
  readonly root: string
  /** The thread that started this one as a subagent. */
  readonly parent: string | null
  readonly isSubagent: boolean
  /** Started from a copy of another thread's history. */
  readonly isFork: boolean
  readonly project: string | null
  readonly branch: string | null
  readonly version: string | null
  readonly provider: string
  /** Lines with a smaller ordinal are copied from the parent. */
  readonly historyEnd: number
}

export function readThread(payload: JsonRecord, fallbackId: string): Thread {
  const source = payload['source']
  const subagent = isRecord(source) ? source['subagent'] : undefined
  const spawn = isRecord(subagent) ? recordIn(subagent, 'thread_spawn') : {}
  const id = idIn(payload, 'id') ?? fallbackId
  const isSubagent = subagent !== undefined || payload['thread_source'] === 'subagent'
  const parent = idIn(spawn, 'parent_thread_id') ?? idIn(payload, 'parent_thread_id') ?? null
  const forkedFrom = idIn(payload, 'forked_from_id')
  const start = payload['subagent_history_start_ordinal']
  return {
    id,
    root: idIn(payload, 'session_id') ?? parent ?? forkedFrom ?? id,
    parent,
    isSubagent,
    isFork: forkedFrom !== undefined,
    project: textIn(payload, 'cwd') ?? null,
    branch: textIn(recordIn(payload, 'git'), 'branch') ?? null,
    version: idIn(payload, 'cli_version') ?? null,
    provider: idIn(payload, 'model_provider') ?? 'openai',
    historyEnd: typeof start === 'number' ? start : 0,
  }
}
