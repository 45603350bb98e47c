import { readFileSync } from 'node:fs'

import type { OtlpRequest } from '@mosaicstack/telemetry-client/protocol'
import { describe, expect, it } from 'vitest'

import { mergeOtlp } from '../ledger/merge-otlp.ts'
import { listTasks } from '../reports/list-tasks.ts'
import { spend } from '../reports/spend.ts'
import { aWorkbench, contentsOf, fixture, type Workbench } from '../testing/workbench.ts'

// The model server that the real program talked to knew what it served: `expected.json` is the truth, not a snapshot.
const expected = JSON.parse(readFileSync(fixture('expected.json'), 'utf8')).sessions.filter(
  ({ harness }: { harness: string }) => harness === 'claude_code',
) as readonly { session: string; tokens: Record<string, number>; cost_micro_usd: number }[]

const COMPACTED = 'f3fe497b-6e81-473c-bfe1-bed0ee7655db'
const OPUS = 'f1d40e25-a35c-4e35-b964-1a126dca5269'
const NEWER = '93625829-e2c7-441b-974e-495151f3497d'

async function recorded(): Promise<Workbench> {
  const bench = await aWorkbench()
  bench.bring('claude-code/recorded', '.claude')
  await bench.import()
  return bench
}

function sessionOf(bench: Workbench, session: string) {
  const [group] = spend(bench.ledger, { by: [], session })
  if (group === undefined) throw new Error(`nothing of session ${session}`)
  return group
}

function truthOf(session: string) {
  const truth = expected.find((each) => each.session === session)
  if (truth === undefined) throw new Error(`no truth for ${session}`)
  return {
    tokens: {
      freshInput: truth.tokens['input_tokens'],
      cacheRead: truth.tokens['cache_read'],
      cacheWrite5m: truth.tokens['cache_write_5m'],
      cacheWrite1h: truth.tokens['cache_write_1h'],
      output: truth.tokens['output_tokens'],
      reasoning: 0,
    },
    costUsdMicros: truth.cost_micro_usd,
  }
}

describe('transcripts alone', () => {
  it('reach the truth with the totals that the program wrote, compaction included', async () => {
    await using bench = await recorded()

    const session = sessionOf(bench, NEWER)

    expect(session.tokens).toEqual(truthOf(NEWER).tokens)
    expect(Math.round(session.cost.knownNanoUsd / 1000)).toBe(truthOf(NEWER).costUsdMicros)
    expect(session.completeness).toEqual({ sources: ['transcript', 'cost_state'], missing: [] })
  })

  it('keep what only the totals have apart from the tasks', async () => {
    await using bench = await recorded()

    const apart = spend(bench.ledger, { by: ['task_type'], session: NEWER }).find(
      ({ keys }) => keys.task_type === null,
    )

    expect(apart).toMatchObject({ tasks: 0, tokens: { output: 639, cacheRead: 30_320 } })
    expect(Math.round(apart!.cost.knownNanoUsd / 1000)).toBe(60_507)
  })

  it('say what they lack where the version wrote no totals and placeholders for subagents', async () => {
    await using bench = await recorded()

    expect(sessionOf(bench, COMPACTED).completeness.missing).toEqual([
      'compaction_request',
      'subagent_output',
    ])
    expect(sessionOf(bench, OPUS).completeness.missing).toEqual(['subagent_output'])
  })

  it("replace the placeholder of a subagent's last response by what its parent noted, and no other", async () => {
    await using bench = await recorded()

    const subagent = bench.ledger.database
      .prepare(
        "SELECT request_key, output, repaired_output FROM requests WHERE request_key LIKE 'req_f3fe%' AND subagent IS NOT NULL ORDER BY at_ms",
      )
      .all()

    expect(subagent.map(({ output, repaired_output }) => [output, repaired_output])).toEqual([
      [9, null],
      [1, 775],
    ])
  })

  it('become one task a prompt: notifications are folded in and /compact is none', async () => {
    await using bench = await recorded()

    const tasks = listTasks(bench.ledger).map(({ session, requests }) => [session.slice(0, 4), requests])

    expect(tasks).toEqual([
      ['9362', 2],
      ['9362', 8],
      ['f1d4', 7],
      ['f3fe', 2],
      ['f3fe', 7],
    ])
  })
})

describe('transcripts and telemetry', () => {
  it('reach the truth in every session', async () => {
    await using bench = await recorded()

    mergeOtlp(bench.ledger, otlpRequests())

    for (const { session } of expected) {
      const { tokens, cost, completeness } = sessionOf(bench, session)
      expect(tokens, session).toEqual(truthOf(session).tokens)
      expect(Math.round(cost.knownNanoUsd / 1000), session).toBe(truthOf(session).costUsdMicros)
      expect(completeness.missing, session).toEqual([])
    }
  })

  it('agree with every single request to within a micro-dollar', async () => {
    await using bench = await recorded()
    mergeOtlp(bench.ledger, otlpRequests())

    const stored = new Map(
      bench.ledger.database
        .prepare('SELECT request_key, otlp_output, cost_nano_usd FROM requests')
        .all()
        .map((row) => [String(row['request_key']).split('|')[0], row]),
    )

    const served = truthLines().filter(({ harness }) => harness === 'claude_code')
    expect(served).toHaveLength(28)
    for (const { request_id, output_tokens } of served) {
      const told = otlpRequests().find((request) => request.request_id === request_id)
      const row = stored.get(request_id)
      expect(row?.['otlp_output'], request_id).toBe(output_tokens)
      expect(Math.abs(Number(row?.['cost_nano_usd']) - told!.cost_usd_micros! * 1000)).toBeLessThanOrEqual(
        1000,
      )
    }
  })

  it('give the same ledger in either order, and however often the same is told', async () => {
    await using logsFirst = await recorded()
    mergeOtlp(logsFirst.ledger, otlpRequests())
    mergeOtlp(logsFirst.ledger, otlpRequests())

    await using telemetryFirst = await aWorkbench()
    telemetryFirst.bring('claude-code/recorded', '.claude')
    mergeOtlp(telemetryFirst.ledger, otlpRequests().toReversed())
    await telemetryFirst.import()

    expect(contentsOf(telemetryFirst.ledger)).toEqual(contentsOf(logsFirst.ledger))
  })

  it('count requests that the log of another run has, where telemetry was on in one run only', async () => {
    await using bench = await recorded()
    const ofFirstPrompt = otlpRequests().filter(({ prompt_id }) => prompt_id?.startsWith('9751cbb6') === true)

    const report = mergeOtlp(bench.ledger, ofFirstPrompt)

    expect(report).toEqual({ joined: 7, added: 0, withoutSession: 0 })
    const { tokens, completeness } = sessionOf(bench, COMPACTED)
    expect(tokens.output).toBe(5045 - 462)
    expect(completeness).toEqual({ sources: ['transcript', 'otlp'], missing: ['compaction_request'] })
  })
})

function truthLines(): readonly { harness: string; request_id: string; output_tokens: number }[] {
  const lines = readFileSync(fixture('truth.jsonl'), 'utf8').trim().split('\n')
  return lines.map((line) => JSON.parse(line))
}

/** The events as the server's receiver stores them. */
function otlpRequests(): OtlpRequest[] {
  const lines = readFileSync(fixture('claude-code/otlp-api-requests.jsonl'), 'utf8').trim().split('\n')
  return lines.map((line) => {
    const event = JSON.parse(line)
    const source = String(event['query_source'])
    return {
      harness: 'claude_code',
      session_id: event['session.id'],
      prompt_id: event['prompt.id'],
      request_id: event['request_id'],
      ended_at: event['event.timestamp'],
      duration_ms: event['duration_ms'],
      kind: source === 'compact' ? 'compact' : source.startsWith('agent:') ? 'subagent' : 'main',
      query_source: source,
      agent: null,
      model: event['model'],
      provider: 'anthropic',
      speed: event['speed'] === 'fast' ? 'fast' : 'standard',
      fresh_input_tokens: event['input_tokens'],
      cache_read_tokens: event['cache_read_tokens'],
      cache_write_tokens: event['cache_creation_tokens'],
      cache_write_5m_tokens: event['cache_creation_5m_tokens'] ?? null,
      cache_write_1h_tokens: event['cache_creation_1h_tokens'] ?? null,
      output_tokens: event['output_tokens'],
      reasoning_tokens: null,
      cost_usd_micros: event['cost_usd_micros'],
      source: 'log',
    }
  })
}
