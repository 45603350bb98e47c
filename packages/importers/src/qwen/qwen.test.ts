import { expect, it } from 'vitest'

import { listTasks } from '../reports/list-tasks.ts'
import { spend } from '../reports/spend.ts'
import { aWorkbench } from '../testing/workbench.ts'
import { qwenCode } from './qwen.ts'

const importers = [qwenCode]

it('survives every shape of chat, and loses only the line that holds two', async () => {
  await using bench = await aWorkbench()
  bench.bring('format/qwen', '.qwen/projects/-tmp-project/chats')

  const report = await bench.import({ importers })

  expect(report.files).toMatchObject({ found: 6, read: 6 })
  expect(report.issues).toEqual({ not_json: 1 })
  expect(spend(bench.ledger, { by: [] })).toMatchObject([
    { requests: 1, tokens: { freshInput: 12, output: 4 } },
  ])
})

it('takes a notification and a message sent meanwhile for more of the same task', async () => {
  await using bench = await aWorkbench()
  bench.write('.qwen/projects/p/chats/session-1.jsonl', [
    aLine('u1', 0, { type: 'user' }),
    aLine('a1', 1, { type: 'assistant', ...anAnswer(100, 40, 20, 5) }),
    aLine('u2', 2, { type: 'user', subtype: 'notification' }),
    aLine('u3', 3, { type: 'user', subtype: 'mid_turn_user_message' }),
    aLine('a2', 4, { type: 'assistant', ...anAnswer(10, 0, 2, 0) }),
    aLine('s1', 5, { type: 'system', subtype: 'chat_compression' }),
    aLine('u4', 6, { type: 'user' }),
  ])

  await bench.import({ importers })

  const tasks = listTasks(bench.ledger).toSorted((a, b) => a.startedAtMs - b.startedAtMs)
  expect(tasks).toMatchObject([
    {
      harness: 'qwen_code',
      prompt: 'u1',
      branch: 'main',
      requests: 2,
      compactions: 1,
      durationMs: 4000,
      tokens: { freshInput: 70, cacheRead: 40, output: 27, reasoning: 5 },
      completeness: { missing: ['compaction_request', 'unpriced_model'] },
    },
    { prompt: 'u4', requests: 0 },
  ])
})

function aLine(uuid: string, second: number, fields: object) {
  const timestamp = new Date(Date.UTC(2026, 7, 17, 12, 0, second)).toISOString()
  return { uuid, sessionId: 'session-1', timestamp, cwd: '/x', gitBranch: 'main', ...fields }
}

function anAnswer(prompt: number, cached: number, candidates: number, thoughts: number) {
  return {
    model: 'qwen3-coder-plus',
    usageMetadata: {
      promptTokenCount: prompt,
      cachedContentTokenCount: cached,
      candidatesTokenCount: candidates,
      thoughtsTokenCount: thoughts,
    },
  }
}
