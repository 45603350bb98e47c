import { expect, it } from 'vitest'

import { rememberEstimate } from '../events/estimates.ts'
import { answer, mainFile, prompt, uuid } from '../testing/transcript.ts'
import { aWorkbench } from '../testing/workbench.ts'
import { findTask, listTasks } from './list-tasks.ts'
import { spend } from './spend.ts'

const DAY_S = 86_400

async function aMonth() {
  const bench = await aWorkbench()
  bench.write(mainFile(), [
    prompt('one', { promptId: uuid(1), at: 0 }),
    answer({ id: 'a', at: 1, output: 1, model: 'claude-opus-4-6' }),
    prompt('two', { promptId: uuid(2), at: DAY_S, gitBranch: 'fix/it' }),
    answer({ id: 'b', at: DAY_S + 1, output: 10, model: 'made-up' }),
    // 23:30 in UTC is the next day east of it.
    answer({ id: 'c', at: DAY_S + 13.5 * 3600, output: 100, model: 'claude-opus-4-6' }),
  ])
  await bench.import()
  return bench
}

it('groups by the days of a time zone', async () => {
  await using bench = await aMonth()
  const byDay = (timeZone: string) =>
    spend(bench.ledger, { by: ['day'], timeZone }).map(({ keys, tokens }) => [keys.day, tokens.output])

  expect(byDay('UTC')).toEqual([
    ['2026-06-01', 1],
    ['2026-06-02', 110],
  ])
  expect(byDay('Asia/Kolkata')).toEqual([
    ['2026-06-01', 1],
    ['2026-06-02', 10],
    ['2026-06-03', 100],
  ])
})

it('groups by weeks that begin on Monday, and by months', async () => {
  await using bench = await aMonth()

  const groups = spend(bench.ledger, { by: ['month', 'week'], timeZone: 'UTC' })

  expect(groups.map(({ keys }) => keys)).toEqual([{ month: '2026-06', week: '2026-06-01' }])
})

it('groups by what the tasks were', async () => {
  await using bench = await aMonth()

  const groups = spend(bench.ledger, { by: ['project', 'branch', 'model', 'harness'] })

  expect(groups.map(({ keys, tasks, requests }) => [Object.values(keys), tasks, requests])).toEqual([
    [['/home/someone/project', 'fix/it', 'claude-opus-4-6', 'claude_code'], 1, 1],
    [['/home/someone/project', 'fix/it', 'made-up', 'claude_code'], 1, 1],
    [['/home/someone/project', 'main', 'claude-opus-4-6', 'claude_code'], 1, 1],
  ])
})

it('keeps what has no price apart from what costs nothing', async () => {
  await using bench = await aMonth()

  const [group] = spend(bench.ledger, { by: [] })

  expect(group).toMatchObject({
    requests: 3,
    tasks: 2,
    unpricedTokens: 20,
    cost: { unpricedRequests: 1 },
    completeness: { missing: ['unpriced_model'] },
  })
})

it('asks for a span of time', async () => {
  await using bench = await aMonth()
  const fromMs = Date.parse('2026-06-02T00:00:00Z')

  expect(spend(bench.ledger, { by: [], fromMs })[0]?.requests).toBe(2)
  expect(spend(bench.ledger, { by: [], toMs: fromMs })[0]?.requests).toBe(1)
  expect(spend(bench.ledger, { by: [], toMs: 0 })).toEqual([])
})

it('asks for one model', async () => {
  await using bench = await aMonth()

  expect(spend(bench.ledger, { by: ['model'], model: 'made-up' })).toMatchObject([{ requests: 1 }])
})

it('says how tasks ended and how far they were from what was expected, where it is asked', async () => {
  await using bench = await aMonth()
  const estimate = { inputTokens: 1, outputTokens: 1, costUsdMicros: 1000, madeAtMs: 1 }
  // The second task has a request without a price: it cannot be compared.
  for (const id of [uuid(1), uuid(2)]) rememberEstimate(bench.ledger, id, estimate)

  const [asked] = spend(bench.ledger, { by: [], withOutcomes: true })
  const [unasked] = spend(bench.ledger, { by: [] })

  const [first] = listTasks(bench.ledger, { toMs: Date.parse('2026-06-02T00:00:00Z') })
  expect(asked?.outcomes).toEqual({
    counts: { success: 2 },
    estimated: 1,
    estimatedCostUsdMicros: 1000,
    actualCostUsdMicros: Math.round(first!.cost.knownNanoUsd / 1000),
  })
  expect(unasked?.outcomes).toBeUndefined()
})

it('finds the task of a prompt', async () => {
  await using bench = await aMonth()

  expect(findTask(bench.ledger, 'claude_code', uuid(2))?.tokens.output).toBe(110)
  expect(findTask(bench.ledger, 'claude_code', uuid(3))).toBeUndefined()
})
