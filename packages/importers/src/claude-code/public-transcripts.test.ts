import { expect, it } from 'vitest'

import { listTasks } from '../reports/list-tasks.ts'
import { aWorkbench } from '../testing/workbench.ts'

// Counts that any reader of these files can verify; there is no independent truth for them.
it.each([
  [
    '1af7fc5e-8455-4414-9ccd-011d40f70b2a',
    { requests: 7, input: 93, output: 953, read: 103_219, write: 12_698 },
  ],
  [
    '5c0375b4-57a5-4f26-b12d-d022ee4e51b7',
    { requests: 20, input: 129, output: 3629, read: 324_259, write: 47_747 },
  ],
  [
    '4d5611e5-241a-462a-8d15-5122611a9569',
    { requests: 152, input: 233, output: 28_899, read: 12_387_553, write: 559_475 },
  ],
])('counts each response of %s once, with its largest output', async (session, counts) => {
  await using bench = await aWorkbench()
  bench.bring('claude-code/public/d-kimuson', '.claude')
  bench.bring('claude-code/public/marot', '.claude')

  await bench.import()

  const sums = bench.ledger.database
    .prepare(
      `SELECT count(*) AS requests, sum(fresh_input) AS input, sum(output) AS output, sum(cache_read) AS read,
         sum(cache_write_5m) AS write
       FROM requests JOIN prompts USING (prompt_no) JOIN sessions USING (session_no) WHERE session = ?`,
    )
    .get(session)
  expect(sums).toEqual(counts)
})

it('makes one task of a slash command that the model answers, and one of each prompt', async () => {
  await using bench = await aWorkbench()
  bench.bring('claude-code/public/d-kimuson', '.claude')
  bench.bring('claude-code/public/marot', '.claude')

  await bench.import()

  const tasks = listTasks(bench.ledger).map(({ session, compactions }) => [session.slice(0, 8), compactions])
  expect(tasks).toEqual([
    ['4d5611e5', 1],
    ['4d5611e5', 0],
    ['5c0375b4', 0],
    ['1af7fc5e', 0],
  ])
})

it('sees what was edited, checked and cut off', async () => {
  await using bench = await aWorkbench()
  bench.bring('claude-code/public/marot', '.claude')

  await bench.import()

  const [task] = listTasks(bench.ledger)
  expect(task).toMatchObject({
    harnessVersion: '2.1.39',
    branch: 'spotter-dov',
    language: 'elixir',
    taskType: 'implementation',
    ending: 'answered',
    durationMs: 1_528_816,
    peakContextUse: 0.824155,
    completeness: { sources: ['transcript'], missing: ['subagent_output'] },
  })
  expect(Object.keys(task!.gates).sort()).toEqual(['build', 'lint', 'test'])
})

it('asks for the list price of that day', async () => {
  await using bench = await aWorkbench()
  bench.bring('claude-code/public/d-kimuson', '.claude')

  await bench.import()

  const costs = listTasks(bench.ledger).map(({ cost }) => Math.round(cost.knownNanoUsd / 100_000) / 10_000)
  expect(costs).toEqual([0.3312, 0.0932])
})
