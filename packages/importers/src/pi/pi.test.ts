import { readFileSync } from 'node:fs'

import { expect, it } from 'vitest'

import { listTasks } from '../reports/list-tasks.ts'
import { spend } from '../reports/spend.ts'
import { asLines, aWorkbench, contentsOf, fixture } from '../testing/workbench.ts'
import { pi } from './pi.ts'

const importers = [pi]
const FILE = '.pi/agent/sessions/--tmp-project--/2026-05-12T01-02-27_019e19b4.jsonl'
const lines = readFileSync(fixture('format/pi/small.jsonl'), 'utf8')

it('reads a session into its prompts, with counts, compactions and what is missing of them', async () => {
  await using bench = await aWorkbench()
  bench.write(FILE, lines)

  const report = await bench.import({ importers })

  expect(report.issues).toEqual({})
  expect(listTasks(bench.ledger).toSorted((a, b) => a.startedAtMs - b.startedAtMs)).toMatchObject([
    {
      harness: 'pi',
      prompt: '30c6a75f',
      project: '/tmp/as-agent-fixture/project',
      requests: 1,
      tokens: { freshInput: 12, output: 7 },
      compactions: 1,
      ending: 'answered',
      completeness: { missing: ['compaction_request', 'unpriced_model'] },
    },
    { prompt: 'ddd2179a', requests: 1 },
  ])
})

it('gives the same ledger when it is read line by line', async () => {
  await using whole = await aWorkbench()
  whole.write(FILE, lines)
  await whole.import({ importers })
  await using grown = await aWorkbench()

  for (let end = lines.indexOf('\n') + 1; end > 0; end = lines.indexOf('\n', end) + 1) {
    grown.write(FILE, lines.slice(0, end))
    await grown.import({ importers })
  }

  expect(contentsOf(grown.ledger)).toEqual(contentsOf(whole.ledger))
})

it('counts the answers of a branched session once, and its copied prompts not as tasks', async () => {
  await using bench = await aWorkbench()
  bench.write(FILE, lines)
  await bench.import({ importers })
  const before = spend(bench.ledger, { by: [] })
  const [, ...entries] = lines.trim().split('\n')
  const head = { type: 'session', id: '000-branch', timestamp: '2026-05-13T00:00:00.000Z', cwd: '/x' }
  bench.write(FILE.replace('019e19b4', 'branch'), `${asLines([head])}${entries.join('\n')}\n`)

  await bench.import({ importers })

  expect(spend(bench.ledger, { by: [] })).toEqual(before)
  expect(listTasks(bench.ledger)).toHaveLength(2)
})
