import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

import { aWorkbench, type Workbench } from '../../packages/importers/src/testing/workbench.ts'
import { tokensOf } from '../../packages/mcp/src/testing/an-agent.ts'
import { temporaryDirectory } from '../cli/run-cli.ts'
import { aStdioAgent, type StdioAgent } from './an-agent.ts'

describe('get_spend of imported logs', () => {
  const directory = temporaryDirectory()
  let bench: Workbench
  let agent: StdioAgent

  beforeAll(async () => {
    bench = await aWorkbench()
    bench.bring('claude-code/recorded/projects', '.claude/projects')
    await bench.import()
    agent = await aStdioAgent(directory.path, { MOSAIC_TELEMETRY_LEDGER: bench.ledger.path })
  })
  afterAll(async () => {
    await agent[Symbol.asyncDispose]()
    await bench[Symbol.asyncDispose]()
    directory[Symbol.dispose]()
  })

  it('adds up by model to the same as by day and by project', async () => {
    const answers = []
    for (const by of ['model', 'day', 'project'])
      answers.push(await agent.call('get_spend', { by, since: '2020-01-01' }))

    const totals = answers.map(({ data }) => [data.cost_usd, data.tasks])
    expect(totals[0]?.[0]).toBeGreaterThan(0.5)
    expect(totals[0]?.[1]).toBeGreaterThan(3)
    expect(totals).toEqual([totals[0], totals[0], totals[0]])
    for (const { data } of answers) {
      const sum = data.rows.reduce((all: number, row: { cost_usd: number }) => all + row.cost_usd, 0)
      expect(sum).toBeCloseTo(data.cost_usd, 1)
    }
    const [byModel, , byProject] = answers
    expect(byModel?.data.rows.map(({ name }: { name: string }) => name)).toEqual(
      expect.arrayContaining([expect.stringContaining('claude-')]),
    )
    expect(byProject?.data.rows[0].name).toBe('demo-app')
    for (const answer of answers) expect(tokensOf(answer)).toBeLessThan(350)
  })

  it('leaves out what was before the day that it is asked from', async () => {
    const { data, text } = await agent.call('get_spend', { since: '2999-01-01' })

    expect(text).toBe('$0.00 for 0 tasks since 2999-01-01.')
    expect(data.rows).toEqual([])
  })
})

it('get_spend says what to do about a ledger that is none', async () => {
  using directory = temporaryDirectory()
  const path = join(directory.path, 'ledger.db')
  writeFileSync(path, 'no database')
  await using agent = await aStdioAgent(directory.path, { MOSAIC_TELEMETRY_LEDGER: path })

  const answer = await agent.call('get_spend')

  expect(answer.isError).toBe(true)
  expect(answer.text).toMatch(/^What was imported cannot be read: .*\. Move .*ledger\.db away and ask for/)
})
