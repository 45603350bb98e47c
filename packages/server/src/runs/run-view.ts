import {
  type Json,
  type RunFieldRule,
  runFields,
  type RunTimelineEvent,
} from '@mosaicstack/telemetry-client/protocol'

import { runColumns } from '../storage/run-rows.ts'
import type { StoredRun, StoredRunEvent } from '../storage/run-store.ts'
import { commitUrl, repoUrl } from './commit-links.ts'
import { isTooDeep, TOO_DEEP } from './json-depth.ts'

/** Of the run record as it is served; its clients know this number. */
const SCHEMA_VERSION = 7

/** A run as the API shows it: what was stored, what the server adds, what can be derived. */
export function viewRun(run: StoredRun): Readonly<Record<string, Json>> {
  const view: Record<string, Json> = { id: run.run_no, schema_version: SCHEMA_VERSION }
  for (const name of runColumns) {
    const rule: RunFieldRule = runFields[name]
    const value = run[name]
    if (rule.kind === 'json') Object.assign(view, readJsonField(name, value as string | null))
    else view[name] = rule.kind === 'flag' ? value === 1 : value
  }
  const gitRepo = run.git_repo as string | null
  view['updated_at'] = new Date(run.updated_at_us / 1000).toISOString()
  view['commit_url'] = commitUrl(gitRepo, run.git_commit_hash as string | null)
  view['repo_url'] = repoUrl(gitRepo)
  return view
}

/** What was stored as text reads back as JSON where it is JSON, and says why where it is not. */
function readJsonField(name: string, text: string | null): Record<string, Json> {
  if (text === null) return { [name]: null }
  try {
    const json = JSON.parse(text) as Json
    return isTooDeep(json) ? { [name]: text, [`${name}_parse_error`]: TOO_DEEP } : { [name]: json }
  } catch (error) {
    return { [name]: text, [`${name}_parse_error`]: error instanceof Error ? error.message : 'not JSON' }
  }
}

export function viewRunEvent(event: StoredRunEvent): RunTimelineEvent {
  return {
    event_id: event.eventId,
    event_type: event.eventType,
    timestamp: event.timestamp,
    payload: event.payload === null ? null : (JSON.parse(event.payload) as Json),
  }
}
