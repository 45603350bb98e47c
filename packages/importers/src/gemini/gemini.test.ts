import { readFileSync } from 'node:fs'

import { describe, expect, it } from 'vitest'

import { listTasks } from '../reports/list-tasks.ts'
import { spend } from '../reports/spend.ts'
import { asLines, aWorkbench, contentsOf, fixture } from '../testing/workbench.ts'
import { geminiCli, geminiCliDocuments } from './gemini.ts'

const importers = [geminiCli, geminiCliDocuments]
const CHAT = 'demo-app/chats/session-2026-11-21T09-34-1ec43cbd.jsonl'
const recorded = readFileSync(fixture(`gemini/${CHAT}`), 'utf8')

describe('what Gemini CLI 0.61 wrote', () => {
  it('adds up to what was served, and nothing is missing', async () => {
    await using bench = await aWorkbench()
    bench.bring('gemini', '.gemini/tmp')

    await bench.import({ importers })

    const { sessions } = JSON.parse(readFileSync(fixture('expected.json'), 'utf8'))
    const truth = sessions.find(({ harness }: { harness: string }) => harness === 'gemini_cli').tokens
    const [total] = spend(bench.ledger, { by: [] })
    expect(total).toMatchObject({
      requests: 4,
      tokens: {
        freshInput: truth.prompt_tokens_incl_cached - truth.cached_tokens,
        cacheRead: truth.cached_tokens,
        output: truth.candidate_tokens + truth.thought_tokens,
        reasoning: truth.thought_tokens,
      },
    })
    expect(total!.completeness.missing).toEqual([])
  })

  it('is one task: neither the context in front nor the results of tools are prompts', async () => {
    await using bench = await aWorkbench()
    bench.bring('gemini', '.gemini/tmp')

    await bench.import({ importers })

    expect(listTasks(bench.ledger)).toMatchObject([
      {
        harness: 'gemini_cli',
        prompt: 'a6e776f0-407a-443f-9cc8-2384608a9261',
        project: 'demo-app',
        requests: 4,
        language: 'python',
        tools: { command: 2, edit: 1 },
        ending: 'answered',
      },
    ])
  })

  it('gives the same ledger wherever reading was interrupted', async () => {
    await using whole = await aWorkbench()
    whole.bring('gemini', '.gemini/tmp')
    await whole.import({ importers })
    await using halved = await aWorkbench()

    for (const part of [400, 2000, 3500, 5000, recorded.length]) {
      halved.write(`.gemini/tmp/${CHAT}`, recorded.slice(0, part))
      await halved.import({ importers })
    }

    expect(contentsOf(halved.ledger)).toEqual(contentsOf(whole.ledger))
  })
})

it('counts a message once that comes again, with its tool calls or in a list after a resume', async () => {
  await using bench = await aWorkbench()
  const prompt = { id: 'u1', timestamp: at(0), type: 'user', content: [{ text: 'Do it' }] }
  const answer = {
    id: 'g1',
    timestamp: at(1),
    type: 'gemini',
    content: '',
    tokens: tokens(10, 2),
    model: 'gemini-3',
  }
  const call = {
    id: 'c1',
    name: 'write_file',
    args: { file_path: 'a.ts', content: 'x\ny\n' },
    status: 'success',
  }
  const withCall = { ...answer, toolCalls: [call] }
  const lines = [head(), prompt, answer, withCall, { $set: { messages: [prompt, withCall] } }]
  bench.write('.gemini/tmp/p/chats/session-1.jsonl', lines)

  await bench.import({ importers })

  expect(listTasks(bench.ledger)).toMatchObject([
    { requests: 1, tools: { edit: 1 }, linesAdded: 2, language: 'typescript', tokens: { freshInput: 10 } },
  ])
})

it('sees the failure of a command, which its tool does not report as one', async () => {
  await using bench = await aWorkbench()
  const response = { output: 'Command: npm test\nExit Code: 1\nSignal: 0' }
  const call = {
    id: 'c1',
    name: 'run_shell_command',
    args: { command: 'npm test' },
    status: 'success',
    result: [{ functionResponse: { response } }],
  }
  const lines = [
    head(),
    { id: 'u1', timestamp: at(0), type: 'user', content: 'Test it' },
    {
      id: 'g1',
      timestamp: at(1),
      type: 'gemini',
      tokens: tokens(1, 1),
      model: 'gemini-3',
      toolCalls: [call],
    },
    { id: 'i1', timestamp: at(2), type: 'info', content: 'Request cancelled.' },
  ]
  bench.write('.gemini/tmp/p/chats/session-1.jsonl', lines)

  await bench.import({ importers })

  expect(listTasks(bench.ledger)).toMatchObject([
    { toolFailures: 1, gates: { test: { runs: 1, failures: 1 } }, ending: 'interrupted' },
  ])
})

it('keeps the chat of a subagent apart from the tasks', async () => {
  await using bench = await aWorkbench()
  const lines = [
    { ...head(), kind: 'subagent' },
    { id: 'u1', timestamp: at(0), type: 'user', content: 'Look around' },
    { id: 'g1', timestamp: at(1), type: 'gemini', tokens: tokens(5, 1), model: 'gemini-3' },
  ]
  bench.write('.gemini/tmp/p/chats/session-1.jsonl', lines)

  await bench.import({ importers })

  expect(listTasks(bench.ledger)).toEqual([])
  expect(spend(bench.ledger, { by: [] })).toMatchObject([{ requests: 1, tokens: { freshInput: 5 } }])
})

describe('older chats', () => {
  it('of every shape are survived, and the counted ones are read', async () => {
    await using bench = await aWorkbench()
    bench.bring('format/gemini', '.gemini/tmp/older/chats')

    const report = await bench.import({ importers })

    expect(report.files).toMatchObject({ found: 4, read: 4, unreadable: 0 })
    expect(report.issues).toEqual({ unknown_type: 1 })
    expect(spend(bench.ledger, { by: [] })).toMatchObject([
      { requests: 4, tokens: { freshInput: 10 + 100 + 11_855 + 567, cacheRead: 11_502 } },
    ])
  })

  it('that are written again as a whole are read again, without counting twice', async () => {
    await using bench = await aWorkbench()
    const chat = JSON.parse(readFileSync(fixture('format/gemini/large.json'), 'utf8')) as {
      messages: object[]
    }
    const file = '.gemini/tmp/p/chats/session-1.json'
    bench.write(file, JSON.stringify({ ...chat, messages: chat.messages.slice(0, 3) }))
    await bench.import({ importers })
    bench.write(file, JSON.stringify(chat).slice(0, 1500))
    const torn = await bench.import({ importers })
    bench.write(file, JSON.stringify(chat))
    await bench.import({ importers })

    expect(torn.issues).toEqual({ not_json: 1 })
    expect(spend(bench.ledger, { by: [] })).toMatchObject([{ requests: 1, tokens: { freshInput: 100 } }])
    expect(listTasks(bench.ledger).map(({ tools }) => tools)).toEqual([{}, { command: 2 }])
  })
})

it('survives messages with everything wrong', async () => {
  await using bench = await aWorkbench()
  const lines = [
    head(),
    { id: 7, timestamp: 'yesterday', type: 'user', content: 5 },
    { id: 'g1', timestamp: at(1), type: 'gemini', tokens: { input: '12', output: null, cached: [] } },
    { type: 'gemini', toolCalls: 'none', tokens: 'many' },
    { $set: { messages: { id: 'x' } } },
  ]
  bench.write('.gemini/tmp/p/chats/session-1.jsonl', `${asLines(lines)}not json\n`)

  const report = await bench.import({ importers })

  expect(report.issues).toMatchObject({ not_json: 1, number_as_text: 1, wrong_type: 1 })
  expect(spend(bench.ledger, { by: [] })).toMatchObject([{ requests: 1, tokens: { freshInput: 12 } }])
})

function head() {
  return { sessionId: 'session-1', projectHash: 'x', startTime: at(0), lastUpdated: at(0), kind: 'main' }
}

function at(second: number): string {
  return new Date(Date.UTC(2026, 10, 21, 9, 0, second)).toISOString()
}

function tokens(input: number, output: number) {
  return { input, output, cached: 0, thoughts: 0, tool: 0, total: input + output }
}
