import { expect, it } from 'vitest'

import type { Spend, SpendLedger, SpendQuestion, SpendRow } from '../spend-ledger.ts'
import { anAgent, tokensOf } from '../testing/an-agent.ts'

it('says what was spent, the latest days first', async () => {
  const { ledger, questions } = aLedger([
    aRow({ name: '2026-11-19', costUsdMicros: 9_000_000 }),
    aRow({ name: '2026-11-21', costUsdMicros: 1_234_567 }),
    aRow({ name: '2026-11-20', costUsdMicros: 500_000 }),
  ])
  await using agent = await anAgent({ ledger })

  const { data, text } = await agent.call('get_spend')

  expect(questions).toEqual([{ by: 'day', sinceMs: new Date(2026, 10, 15).getTime() }])
  expect(text).toBe('$10.73 for 6 tasks since 7d. 2026-11-21 $1.23, 2026-11-20 $0.50, 2026-11-19 $9.00.')
  expect(data).toMatchObject({ cost_usd: 10.73, tasks: 6, unpriced_tokens: 0, missing: [] })
  expect(data.rows[0]).toEqual({
    name: '2026-11-21',
    cost_usd: 1.23,
    tasks: 2,
    input_tokens: 123_000,
    output_tokens: 9880,
  })
})

it('shows the ten dearest projects by the last part of their path, and the rest as one row', async () => {
  const rows = Array.from({ length: 14 }, (_, n) =>
    aRow({ name: `/home/me/work/project-${n}/`, costUsdMicros: n * 1_000_000 }),
  )
  await using agent = await anAgent({ ledger: aLedger(rows).ledger })

  const answer = await agent.call('get_spend', { by: 'project', since: '2026-01-31' })

  expect(answer.data.rows).toHaveLength(11)
  expect(answer.data.rows[0]).toMatchObject({ name: 'project-13', cost_usd: 13 })
  expect(answer.data.rows[10]).toMatchObject({ name: '4 more', cost_usd: 6 })
  expect(answer.text).toMatch(
    /since 2026-01-31\. project-13 \$13\.00, project-12 \$12\.00, project-11 \$11\.00, …$/,
  )
  expect(tokensOf(answer)).toBeLessThan(350)
})

it('says what is missing from the sum', async () => {
  const { ledger } = aLedger([aRow({ unpricedTokens: 1_500_000 })], ['subagent_output'])
  await using agent = await anAgent({ ledger })

  const { data, text } = await agent.call('get_spend', { by: 'model' })

  expect(text).toContain('1.5M tokens have no known price. It was more: the logs lack subagent_output.')
  expect(data).toMatchObject({ unpriced_tokens: 1_500_000, missing: ['subagent_output'] })
})

it('says what to do about a ledger that cannot be read', async () => {
  const ledger: SpendLedger = {
    spend: () => Promise.resolve({ kind: 'unreadable', what: 'it is newer', nextStep: 'Update.' }),
  }
  await using agent = await anAgent({ ledger })

  const answer = await agent.call('get_spend')

  expect(answer).toEqual({ isError: true, text: 'it is newer. Update.', data: undefined })
})

it('says which command reads the logs where none were read', async () => {
  await using agent = await anAgent()

  const answer = await agent.call('get_spend')

  expect(answer).toMatchObject({ isError: true, text: expect.stringContaining('mosaic-telemetry import') })
})

it('says that nothing was spent', async () => {
  await using agent = await anAgent({ ledger: aLedger([]).ledger })

  const { data, text } = await agent.call('get_spend', { since: '1d' })

  expect(text).toBe('$0.00 for 0 tasks since 1d.')
  expect(data.rows).toEqual([])
})

it.each(['yesterday', '2026-13-01', '2026-02-30', '7', '-1d'])('refuses the day %j', async (since) => {
  await using agent = await anAgent()

  const answer = await agent.call('get_spend', { since })

  expect(answer).toMatchObject({
    isError: true,
    text: expect.stringContaining('Write it as 2026-11-21 or 7d.'),
  })
})

function aLedger(rows: readonly SpendRow[], missing: readonly string[] = []) {
  const questions: SpendQuestion[] = []
  const sum = (field: 'tasks' | 'costUsdMicros' | 'unpricedTokens') =>
    rows.reduce((total, row) => total + row[field], 0)
  const total = aRow({
    tasks: sum('tasks'),
    costUsdMicros: sum('costUsdMicros'),
    unpricedTokens: sum('unpricedTokens'),
  })
  const ledger: SpendLedger = {
    spend(question) {
      questions.push(question)
      return Promise.resolve({ kind: 'spend', total, rows, missing } satisfies Spend)
    },
  }
  return { ledger, questions }
}

function aRow(fields: Partial<SpendRow> = {}): SpendRow {
  return {
    name: 'gpt-5',
    tasks: 2,
    costUsdMicros: 1_000_000,
    unpricedTokens: 0,
    inputTokens: 123_456,
    outputTokens: 9876,
    ...fields,
  }
}
