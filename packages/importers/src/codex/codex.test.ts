import { readFileSync } from 'node:fs'

import { describe, expect, it } from 'vitest'

import { listTasks } from '../reports/list-tasks.ts'
import { spend } from '../reports/spend.ts'
import { START_MS, uuid } from '../testing/transcript.ts'
import { aWorkbench, fixture, type Workbench } from '../testing/workbench.ts'

const THREAD = uuid(1)
const CHILD = uuid(2)

describe('a recorded thread', () => {
  it('reaches the truth, in two turns', async () => {
    await using bench = await aWorkbench()
    bench.bring('codex', '.codex')
    const truth = JSON.parse(readFileSync(fixture('expected.json'), 'utf8')).sessions.find(
      ({ harness }: { harness: string }) => harness === 'codex',
    )

    await bench.import()

    const [group] = spend(bench.ledger, { by: [] })
    const { freshInput, cacheRead, output, reasoning } = group!.tokens
    expect({
      input: freshInput + cacheRead,
      cacheRead,
      output,
      reasoning,
      requests: group!.requests,
    }).toEqual({
      input: truth.tokens.input_tokens_incl_cached,
      cacheRead: truth.tokens.cached_input_tokens,
      output: truth.tokens.output_tokens,
      reasoning: truth.tokens.reasoning_output_tokens,
      requests: truth.counts.requests,
    })
    expect(listTasks(bench.ledger)).toMatchObject([
      { durationMs: 277, requests: 4, ending: 'answered', branch: 'main', peakContextUse: 79_770 / 258_400 },
      { durationMs: 270, requests: 4, ending: 'answered' },
    ])
    expect(group!.completeness).toEqual({ sources: ['transcript'], missing: [] })
  })
})

describe('running totals', () => {
  it('are taken as differences, and a repeated line counts once', async () => {
    await using bench = await imported([
      meta(),
      started('t1', 0),
      totals(1, 100, 10),
      totals(2, 100, 10),
      totals(3, 250, 30),
      { type: 'event_msg', payload: { type: 'token_count', info: null } },
    ])

    expect(listTasks(bench.ledger)).toMatchObject([{ requests: 2, tokens: { freshInput: 250, output: 30 } }])
  })

  it('that fall begin anew: the last usage counts', async () => {
    await using bench = await imported([
      meta(),
      started('t1', 0),
      totals(1, 1000, 100),
      totals(2, 40, 4, { input: 40, output: 4 }),
    ])

    expect(listTasks(bench.ledger)[0]?.tokens).toMatchObject({ freshInput: 1040, output: 104 })
  })

  it('that a child repeats from its parent count once, whichever file is read first', async () => {
    await using bench = await aWorkbench()
    const parent = [meta(), started('t1', 0), totals(1, 100, 10), totals(2, 300, 20)]
    bench.write(`.codex/sessions/a/rollout-${CHILD}.jsonl`, [
      meta({ id: CHILD, source: { subagent: { thread_spawn: { parent_thread_id: THREAD } } } }),
      meta(),
      totals(100, 100, 10),
      totals(101, 300, 20),
      totals(102, 350, 25),
    ])
    await bench.import()
    bench.write(`.codex/sessions/b/rollout-${THREAD}.jsonl`, parent)

    await bench.import()

    expect(spend(bench.ledger, { by: [] })[0]).toMatchObject({
      requests: 3,
      tokens: { freshInput: 350, output: 25 },
    })
  })
})

describe('a subagent', () => {
  it('counts for the turn that its root thread was in, and its copied history is left out', async () => {
    await using bench = await aWorkbench()
    bench.write(`.codex/sessions/rollout-${THREAD}.jsonl`, [
      meta(),
      started('t1', 0),
      record('resp_1', 0, 10),
      started('t2', 60),
      record('resp_2', 61, 20),
    ])
    bench.write(`.codex/sessions/rollout-${CHILD}.jsonl`, [
      {
        ordinal: 0,
        ...meta({
          id: CHILD,
          session_id: THREAD,
          thread_source: 'subagent',
          subagent_history_start_ordinal: 3,
        }),
      },
      { ordinal: 1, ...started('t1', 0) },
      { ordinal: 2, ...record('resp_copied', 0, 999) },
      { ordinal: 3, ...started('c1', 90, { root_turn_id: 't1' }) },
      { ordinal: 4, ...record('resp_3', 91, 5) },
    ])

    await bench.import()

    const tasks = listTasks(bench.ledger).map(({ prompt, tokens }) => [prompt, tokens.output])
    expect(tasks).toEqual([
      ['t1', 15],
      ['t2', 20],
    ])
  })
})

describe('what was done', () => {
  it('is read from patches and exit codes', async () => {
    const patch = '*** Begin Patch\n*** Update File: src/a.rs\n+one\n+two\n-three\n*** End Patch'
    await using bench = await imported([
      meta(),
      started('t1', 0),
      call('c1', 'apply_patch', { input: patch }),
      outputOfCall('c1', 'Exit code: 0\nDone!'),
      call('c2', 'exec_command', { arguments: '{"cmd":"cargo test"}' }),
      outputOfCall('c2', 'Chunk ID: 1\nProcess exited with code 101\nOutput:\n'),
      call('c3', 'shell', { arguments: '{"command":["bash","-lc","cargo clippy"]}' }),
      outputOfCall('c3', '{"output":"","metadata":{"exit_code":0}}'),
      { type: 'compacted', payload: {} },
      { type: 'event_msg', payload: { type: 'context_compacted' } },
      record('resp_1', 5, 10),
      {
        timestamp: at(9),
        type: 'event_msg',
        payload: { type: 'turn_aborted', turn_id: 't1', duration_ms: 9000 },
      },
    ])

    expect(listTasks(bench.ledger)[0]).toMatchObject({
      language: 'rust',
      linesAdded: 2,
      linesRemoved: 1,
      gates: { test: { failures: 1 }, lint: { failures: 0 } },
      compactions: 1,
      ending: 'interrupted',
      durationMs: 9000,
      taskType: 'implementation',
    })
  })

  it('costs double in the fast service tier', async () => {
    expect(await costInTier('priority')).toBe(2 * (await costInTier(null)))
  })
})

async function costInTier(tier: string | null): Promise<number> {
  await using bench = await imported([
    meta(),
    started('t1', 0),
    {
      type: 'event_msg',
      payload: { type: 'thread_settings_applied', thread_settings: { service_tier: tier } },
    },
    { type: 'turn_context', payload: { model: 'gpt-5.4' } },
    record('resp_1', 1, 1000),
  ])
  return listTasks(bench.ledger)[0]!.cost.knownNanoUsd
}

async function imported(lines: readonly unknown[]): Promise<Workbench> {
  const bench = await aWorkbench()
  bench.write(`.codex/sessions/rollout-${THREAD}.jsonl`, lines)
  await bench.import()
  return bench
}

function at(second: number): string {
  return new Date(START_MS + second * 1000).toISOString()
}

function meta(fields: object = {}) {
  return {
    timestamp: at(0),
    type: 'session_meta',
    payload: { id: THREAD, cwd: '/p', model_provider: 'openai', ...fields },
  }
}

function started(turn: string, second: number, fields: object = {}) {
  return {
    timestamp: at(second),
    type: 'event_msg',
    payload: { type: 'task_started', turn_id: turn, model_context_window: 258_400, ...fields },
  }
}

function totals(
  second: number,
  input: number,
  outputTokens: number,
  last: { input?: number; output?: number } = {},
) {
  return {
    timestamp: at(second),
    type: 'event_msg',
    payload: {
      type: 'token_count',
      info: {
        total_token_usage: usage(input, outputTokens),
        last_token_usage: usage(last.input ?? 0, last.output ?? 0),
      },
    },
  }
}

function usage(input: number, outputTokens: number) {
  return { input_tokens: input, cached_input_tokens: 0, output_tokens: outputTokens }
}

function record(responseId: string, second: number, outputTokens: number) {
  return {
    timestamp: at(second),
    type: 'token_usage_record',
    payload: { response_id: responseId, usage: { input_tokens: 0, output_tokens: outputTokens } },
  }
}

function call(id: string, name: string, fields: object) {
  return { type: 'response_item', payload: { type: 'custom_tool_call', call_id: id, name, ...fields } }
}

function outputOfCall(id: string, text: string) {
  return { type: 'response_item', payload: { type: 'custom_tool_call_output', call_id: id, output: text } }
}
