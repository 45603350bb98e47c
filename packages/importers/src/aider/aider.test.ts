import { readFileSync } from 'node:fs'
import { join } from 'node:path'

import { describe, expect, it } from 'vitest'

import { importLogs } from '../import/import-logs.ts'
import { findLogs } from '../import/find-logs.ts'
import { listTasks } from '../reports/list-tasks.ts'
import { spend } from '../reports/spend.ts'
import { aWorkbench, contentsOf, fixture, type Workbench } from '../testing/workbench.ts'
import { aider, aiderChatHistory } from './aider.ts'

const importers = [aider, aiderChatHistory]
const events = readFileSync(fixture('aider/analytics.jsonl'), 'utf8')
  .trim()
  .split('\n')
  .map((line) => JSON.parse(line) as { event: string; properties: Record<string, number> })
const sent = events.filter(({ event }) => event === 'message_send')

describe('the analytics log', () => {
  it('of 735 real events adds up to the messages in it', async () => {
    await using bench = await aWorkbench()
    bench.bring('aider/analytics.jsonl', 'analytics.jsonl')

    const report = await importFrom(bench, 'analytics.jsonl')

    const sum = (name: string) => sent.reduce((total, { properties }) => total + (properties[name] ?? 0), 0)
    const [total] = spend(bench.ledger, { by: [] })
    expect(report).toMatchObject({ lines: events.length, issues: {} })
    expect(total).toMatchObject({
      requests: sent.length,
      tokens: { freshInput: sum('prompt_tokens'), output: sum('completion_tokens') },
    })
    expect(listTasks(bench.ledger).length).toBeLessThanOrEqual(sent.length)
  })

  it('gives the same ledger when it is read in pieces', async () => {
    const lines = readFileSync(fixture('aider/analytics.jsonl'), 'utf8')
    await using whole = await aWorkbench()
    whole.write('analytics.jsonl', lines)
    await importFrom(whole, 'analytics.jsonl')
    await using grown = await aWorkbench()

    for (const share of [0.2, 0.21, 0.5, 0.9, 1]) {
      grown.write('analytics.jsonl', lines.slice(0, Math.floor(lines.length * share)))
      await importFrom(grown, 'analytics.jsonl')
    }

    expect(contentsOf(grown.ledger)).toEqual(contentsOf(whole.ledger))
  })

  it('makes a task of a message and of those that aider sends because of it', async () => {
    await using bench = await aWorkbench()
    bench.write('analytics.jsonl', [
      anEvent('launched', 100),
      anEvent('message_send_starting', 101),
      aMessage(110, 0.01),
      anEvent('message_send_starting', 112),
      aMessage(120, 0.02),
      anEvent('message_send_starting', 160),
      aMessage(170, 0.03),
      anEvent('command_undo', 171),
      anEvent('message_send_starting', 172),
      aMessage(180, 0.04),
    ])

    await importFrom(bench, 'analytics.jsonl')

    expect(
      listTasks(bench.ledger)
        .map(({ session, requests, retries, durationMs }) => [session, requests, retries, durationMs])
        .sort((a, b) => Number(b[3]) - Number(a[3])),
    ).toEqual([
      ['run-100', 2, 1, 19_000],
      ['run-100', 1, 0, 10_000],
      ['run-100', 1, 0, 8000],
    ])
  })

  it('survives events with everything wrong', async () => {
    await using bench = await aWorkbench()
    bench.write('analytics.jsonl', [
      { event: 'message_send', properties: 'none', time: 1 },
      { event: 'message_send', properties: { prompt_tokens: '7', cost: 'free' }, time: 2 },
      { event: 5, time: 3 },
      { time: 4 },
      { event: 'message_send' },
      { event: 'message_send_exception', properties: {}, time: 5 },
    ])

    const report = await importFrom(bench, 'analytics.jsonl')

    expect(report.issues).toEqual({ number_as_text: 1, unknown_type: 1, no_time: 1 })
    expect(spend(bench.ledger, { by: [] })).toMatchObject([{ tokens: { freshInput: 7 } }])
  })
})

describe('the chat history', () => {
  it('of a real project becomes its prompts, marked as not exact', async () => {
    await using bench = await aWorkbench()
    bench.bring('aider/chat.history.md', '.aider.chat.history.md')
    const text = readFileSync(fixture('aider/chat.history.md'), 'utf8')
    const isPrompt = text.split('\n').map((line) => line.startsWith('#### '))
    const prompts = isPrompt.filter((is, index) => is && isPrompt[index - 1] !== true)

    await importFrom(bench, undefined)

    const [total] = spend(bench.ledger, { by: [] })
    expect(listTasks(bench.ledger)).toHaveLength(prompts.length)
    expect(total!.requests).toBe([...text.matchAll(/^> Tokens: /gm)].length)
    expect(total!.completeness.missing).toContain('exact_counts')
  })

  it('reads counts, cache, cost, model and edits, and tells prompts of several lines from several prompts', async () => {
    await using bench = await aWorkbench()
    bench.write(
      '.aider.chat.history.md',
      `
# aider chat started at 2026-04-22 22:40:12

> Main model: anthropic/claude-sonnet-4-5 with diff edit format
#### first line
#### second line
> Tokens: 10k sent, 2k cache write, 1.5k cache hit, 650 received. Cost: $0.05 message, $0.10 session.
> Applied edit to src/app.ts
#### next
> litellm.APIError: overloaded
> Tokens: 1.2M sent, 1 received.
`,
    )

    await importFrom(bench, undefined)

    const tasks = listTasks(bench.ledger).toSorted((a, b) => a.startedAtMs - b.startedAtMs)
    expect(tasks).toMatchObject([
      {
        startedAtMs: new Date(2026, 3, 22, 22, 40, 13).getTime(),
        tokens: { freshInput: 8000, cacheRead: 1500, cacheWrite5m: 2000, output: 650 },
        cost: { knownNanoUsd: 50_000_000 },
        models: [{ model: 'anthropic/claude-sonnet-4-5', provider: 'anthropic' }],
        language: 'typescript',
      },
      { tokens: { freshInput: 1_200_000, output: 1 } },
    ])
  })

  it('adds nothing to what it said before when it has grown', async () => {
    const text = readFileSync(fixture('aider/chat.history.md'), 'utf8')
    await using whole = await aWorkbench()
    whole.write('.aider.chat.history.md', text)
    await importFrom(whole, undefined)
    await using grown = await aWorkbench()

    for (const share of [0.3, 0.8, 1]) {
      grown.write('.aider.chat.history.md', text.slice(0, Math.floor(text.length * share)))
      await importFrom(grown, undefined)
    }

    expect(contentsOf(grown.ledger)).toEqual(contentsOf(whole.ledger))
  })

  it('is left aside where there is an analytics log, which has the same messages', async () => {
    await using bench = await aWorkbench()
    bench.bring('aider/chat.history.md', '.aider.chat.history.md')

    const found = findLogs(aiderChatHistory, machineOf(bench, 'analytics.jsonl'))

    expect(found).toEqual([])
  })
})

function importFrom(bench: Workbench, analytics: string | undefined) {
  return importLogs({ ledger: bench.ledger, importers, machine: machineOf(bench, analytics) })
}

/** A shell in the home directory, with aider's own variable for its analytics log. */
function machineOf({ home, machine }: Workbench, analytics: string | undefined) {
  const variables = new Map([['PWD', home]])
  if (analytics !== undefined) variables.set('AIDER_ANALYTICS_LOG', join(home, analytics))
  return { ...machine, env: (name: string) => variables.get(name) }
}

function anEvent(event: string, time: number, properties: object = {}) {
  return { event, properties, user_id: 'x', time }
}

function aMessage(time: number, totalCost: number) {
  const counts = { prompt_tokens: 100, completion_tokens: 10, cost: 0.01, total_cost: totalCost }
  return anEvent('message_send', time, { main_model: 'gpt-4.1', ...counts })
}
