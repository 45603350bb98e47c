import type { NewRun } from '@mosaicstack/telemetry-client/protocol'

import type { DashboardServer } from '../a-dashboard.ts'

const MINUTE_MS = 60_000

const AGENTS = ['triage', 'docs-writer', 'reviewer'] as const
const ENDS = ['success', 'success', 'partial', 'success', 'timeout', 'cancelled'] as const

/** Runs as a morning of agents leaves them, the newest still going on. */
export async function addSomeRuns(server: DashboardServer, nowMs: number): Promise<void> {
  const before = (minutes: number) => new Date(nowMs - minutes * MINUTE_MS).toISOString()
  const older = Array.from({ length: 8 }, (_, index): NewRun => {
    const [began, took] = [900 - index * 77, 3 + index * 0.8]
    return {
      event_id: `older-${index}`,
      run_id: `older-${index}`,
      agent_name: AGENTS[index % 3] ?? 'triage',
      job_type: 'scheduled',
      start_time: before(began),
      end_time: before(began - took),
      duration_ms: Math.round(took * MINUTE_MS),
      status: ENDS[index % 6] ?? 'success',
    }
  })
  for (const run of [...older, failed(before), finished(before), running(before)]) await server.addRun(run)
  await server.addToTimeline('failed', [
    { event_id: 'a', event_type: 'started', timestamp: before(190) },
    { event_id: 'b', event_type: 'tool_call', timestamp: before(188), payload: { tool: 'read', files: 14 } },
    { event_id: 'c', event_type: 'tool_call', timestamp: before(181), payload: { tool: 'edit', files: 3 } },
    { event_id: 'd', event_type: 'checkpoint', timestamp: before(176), payload: 'migration written' },
    { event_id: 'e', event_type: 'tests_failed', timestamp: before(170), payload: { failed: 3, of: 118 } },
  ])
}

type Before = (minutes: number) => string

function failed(before: Before): NewRun {
  return {
    event_id: 'failed',
    run_id: 'migrate-orders-0042',
    agent_name: 'migrator',
    job_type: 'orders table',
    start_time: before(190),
    end_time: before(170),
    duration_ms: 20 * MINUTE_MS,
    status: 'failure',
    trigger_type: 'cli',
    host: 'build-2',
    error_summary: 'tests failed: 3 of 118',
    error_details: 'AssertionError: expected 3 to equal 4\n    at orders.test.ts:42',
    git_repo: 'https://github.com/acme/shop',
    git_branch: 'orders-v2',
    git_commit_hash: '4f9c2ab31e7d',
  }
}

function finished(before: Before): NewRun {
  return {
    event_id: 'finished',
    run_id: 'review-771',
    agent_name: 'reviewer',
    job_type: 'pull request 771',
    start_time: before(42),
    end_time: before(38),
    duration_ms: 4 * MINUTE_MS,
    status: 'success',
  }
}

function running(before: Before): NewRun {
  return {
    event_id: 'running',
    run_id: 'update-20261121',
    agent_name: 'dependency-updater',
    job_type: 'nightly',
    start_time: before(4),
    status: 'running',
  }
}
