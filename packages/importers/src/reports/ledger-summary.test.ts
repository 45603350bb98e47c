import { expect, it } from 'vitest'

import { markSent, pendingEvents } from '../events/pending-events.ts'
import { aWorkbench } from '../testing/workbench.ts'
import { summariseLedger } from './ledger-summary.ts'

it('counts files, requests, tasks, what they lack and what could not be read, agent by agent', async () => {
  await using bench = await aWorkbench()
  bench.bring('claude-code/recorded/projects', '.claude/projects')
  bench.bring('codex/sessions', '.codex/sessions')
  bench.write('.claude/projects/torn/a.jsonl', '{"type": torn}\n')
  await bench.import()
  const instanceId = '00000000-0000-4000-8000-000000000001'
  const { ready } = pendingEvents(bench.ledger, {
    instanceId,
    nowMs: Date.parse('2026-12-31T00:00:00Z'),
    harnesses: new Set(['codex']),
  })
  markSent(bench.ledger, ready, 1)

  const summary = summariseLedger(bench.ledger)

  expect(summary).toMatchObject([
    {
      harness: 'claude_code',
      files: 7,
      tasks: 5,
      sent: 0,
      incomplete: 2,
      missing: { subagent_output: 2 },
      sessionsMissing: { compaction_request: 1 },
      issues: { not_json: 1 },
    },
    { harness: 'codex', files: 1, tasks: 2, sent: 2, incomplete: 0, missing: {}, issues: {} },
  ])
})
