import { readFileSync } from 'node:fs'

import { describe, expect, it } from 'vitest'

import { listTasks } from '../reports/list-tasks.ts'
import { spend } from '../reports/spend.ts'
import { aWorkbench, contentsOf, fixture, type Workbench } from '../testing/workbench.ts'
import { cline, clineCli, kiloCode, rooCode } from './cline.ts'

const importers = [cline, clineCli, rooCode, kiloCode]
const START_MS = Date.UTC(2026, 10, 21, 9)

describe('what the Cline CLI 3.0.65 wrote', () => {
  it('adds up to what was served, and nothing is missing', async () => {
    await using bench = await aWorkbench()
    bench.bring('cline', '.cline/data/sessions')

    await bench.import({ importers })

    const { sessions } = JSON.parse(readFileSync(fixture('expected.json'), 'utf8'))
    const truth = sessions.find(({ harness }: { harness: string }) => harness === 'cline').tokens
    const [total] = spend(bench.ledger, { by: [] })
    expect(total).toMatchObject({
      requests: 4,
      tokens: {
        freshInput: truth.prompt_tokens_incl_cached - truth.cached_tokens,
        cacheRead: truth.cached_tokens,
        output: truth.completion_tokens_incl_reasoning,
      },
    })
    expect(total!.completeness.missing).toEqual([])
  })

  it('is one task, with what the file of the session says about it', async () => {
    await using bench = await aWorkbench()
    bench.bring('cline', '.cline/data/sessions')

    await bench.import({ importers })

    expect(listTasks(bench.ledger)).toMatchObject([
      {
        harness: 'cline',
        harnessVersion: '3.0.65',
        project: '/workspace/demo-app',
        branch: 'main',
        requests: 4,
        tools: { command: 3 },
        ending: 'answered',
        durationMs: 1_795_254_491_700 - 1_795_254_490_635,
      },
    ])
  })

  it('is read again as a whole when it has grown, without counting twice', async () => {
    const file = '.cline/data/sessions/1795254490399_cz2dy/1795254490399_cz2dy.messages.json'
    const whole = JSON.parse(
      readFileSync(fixture('cline/1795254490399_cz2dy/1795254490399_cz2dy.messages.json'), 'utf8'),
    ) as { messages: object[] }
    await using bench = await aWorkbench()
    bench.bring('cline', '.cline/data/sessions')
    await using grown = await aWorkbench()
    grown.bring('cline', '.cline/data/sessions')

    for (const count of [3, 5, 8]) {
      grown.write(file, JSON.stringify({ ...whole, messages: whole.messages.slice(0, count) }))
      await grown.import({ importers })
    }
    await bench.import({ importers })

    expect(contentsOf(grown.ledger)).toEqual(contentsOf(bench.ledger))
  })
})

describe('a task in VS Code', () => {
  it.each([
    ['cline', 'saoudrizwan.claude-dev', '.config/Code/User'],
    ['roo_code', 'rooveterinaryinc.roo-cline', '.config/Cursor/User'],
    ['kilo_code', 'kilocode.kilo-code', '.vscode-server/data/User'],
  ])('of %s is found where %s keeps it', async (harness, extension, directory) => {
    await using bench = await aWorkbench()
    const messages = [aPrompt(0), aRequest(1, { tokensIn: 10, tokensOut: 2, cost: 0.01 })]
    bench.write(
      `${directory}/globalStorage/${extension}/tasks/1795254490399/ui_messages.json`,
      JSON.stringify(messages),
    )

    await bench.import({ importers })

    expect(listTasks(bench.ledger)).toMatchObject([
      {
        harness,
        session: '1795254490399',
        prompt: String(START_MS),
        requests: 1,
        cost: { knownNanoUsd: 10_000_000 },
      },
    ])
  })

  it('has a request as soon as its counts are there, and once', async () => {
    await using bench = await aWorkbench()
    write(bench, [aPrompt(0), aRequest(1, { request: 'a secret prompt' })])
    await bench.import({ importers })
    const before = listTasks(bench.ledger)
    write(bench, [
      aPrompt(0),
      aRequest(1, { tokensIn: 10, tokensOut: 2, cacheReads: 5, cacheWrites: 7, cost: 0.01 }),
    ])
    await bench.import({ importers })
    await bench.import({ importers })

    expect(before).toMatchObject([{ requests: 0 }])
    expect(listTasks(bench.ledger)).toMatchObject([
      { requests: 1, tokens: { freshInput: 10, cacheRead: 5, cacheWrite5m: 7, output: 2 } },
    ])
  })

  it('has cached tokens in its input where the provider counts them so', async () => {
    await using bench = await aWorkbench()
    const counts = { tokensIn: 100, tokensOut: 2, cacheReads: 60, cost: 0.01 }
    const compatible = { modelInfo: { providerId: 'openai', modelId: 'gpt-4.1' } }
    write(bench, [aPrompt(0), { ...aRequest(1, counts), ...compatible }, aRequest(2, counts)])

    await bench.import({ importers })

    const models = listTasks(bench.ledger)[0]!.models
    expect(models.map(({ provider, tokens }) => [provider, tokens.freshInput]).sort()).toEqual([
      ['anthropic', 100],
      ['openai', 40],
    ])
  })

  it('goes on with a further instruction, and is followed by another task after it was done', async () => {
    await using bench = await aWorkbench()
    write(bench, [
      aPrompt(0),
      aRequest(1, { tokensIn: 1, tokensOut: 1, cost: 0.01 }),
      say(2, 'user_feedback'),
      aRequest(3, { tokensIn: 1, tokensOut: 1, cost: 0.01 }),
      say(4, 'completion_result'),
      say(5, 'user_feedback'),
      aRequest(6, { tokensIn: 1, tokensOut: 1, cost: 0.01, cancelReason: 'user_cancelled' }),
    ])

    await bench.import({ importers })

    expect(
      listTasks(bench.ledger)
        .map(({ prompt, requests, ending }) => [prompt, requests, ending])
        .sort(),
    ).toEqual([
      [String(START_MS), 2, 'answered'],
      [String(START_MS + 5000), 1, 'interrupted'],
    ])
  })

  it.each([['before'], ['after']])(
    'keeps what a restored checkpoint removed, imported %s it',
    async (when) => {
      await using bench = await aWorkbench()
      const [first, second] = [1, 2].map((place) =>
        aRequest(place, { tokensIn: 10, tokensOut: 1, cost: 0.01 }),
      )
      if (when === 'after') {
        write(bench, [aPrompt(0), first!, second!])
        await bench.import({ importers })
      }
      const removed = { ...say(3, 'deleted_api_reqs'), text: '{"tokensIn":10,"tokensOut":1,"cost":0.01}' }
      write(bench, [aPrompt(0), first!, removed])

      await bench.import({ importers })

      expect(spend(bench.ledger, { by: [] })).toMatchObject([
        { tokens: { freshInput: 20, output: 2 }, cost: { knownNanoUsd: 20_000_000 } },
      ])
    },
  )

  it('counts compactions and retries, and what a compaction cost where that is said', async () => {
    await using bench = await aWorkbench()
    write(bench, [
      aPrompt(0),
      aRequest(1, { tokensIn: 10, tokensOut: 1, cost: 0.01 }),
      {
        ...say(2, 'condense_context'),
        contextCondense: { cost: 0.02, prevContextTokens: 100, newContextTokens: 10 },
      },
      say(3, 'api_req_retried'),
    ])

    await bench.import({ importers })

    expect(listTasks(bench.ledger)).toMatchObject([
      {
        compactions: 1,
        retries: 1,
        cost: { knownNanoUsd: 30_000_000 },
        completeness: { missing: ['exact_counts'] },
      },
    ])
  })

  it.each([
    ['nothing', '', 'not_json'],
    ['half a list', '[{"ts":1', 'not_json'],
    ['no list', '{"ts":1}', 'wrong_type'],
    ['a list of other things', '[1, "two", null]', 'not_an_object'],
    ['messages without a time', '[{"type":"say","say":"text"}]', 'no_time'],
  ])('survives a file with %s', async (_, content, issue) => {
    await using bench = await aWorkbench()
    bench.write(FILE, content)

    const report = await bench.import({ importers })

    expect(Object.keys(report.issues)).toEqual([issue])
    expect(listTasks(bench.ledger)).toEqual([])
  })
})

const FILE = '.config/Code/User/globalStorage/saoudrizwan.claude-dev/tasks/1/ui_messages.json'

function write(bench: Workbench, messages: readonly object[]): void {
  bench.write(FILE, JSON.stringify(messages))
}

function say(second: number, name: string) {
  return { ts: START_MS + second * 1000, type: 'say', say: name, text: '' }
}

function aPrompt(second: number) {
  return { ...say(second, 'text'), text: 'Write it' }
}

function aRequest(second: number, counts: object) {
  return {
    ...say(second, 'api_req_started'),
    text: JSON.stringify(counts),
    modelInfo: { providerId: 'anthropic', modelId: 'claude-sonnet-4-5' },
  }
}
