import { cpSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

import { afterAll, beforeAll, describe, expect, it } from 'vitest'

import { answer, mainFile, prompt, uuid } from '../../packages/importers/src/testing/transcript.ts'
import { fixture } from '../../packages/importers/src/testing/workbench.ts'
import { aHome, type Home } from './a-home.ts'

/** The sessions as they were recorded, on 2026-11-21. */
let home: Home

beforeAll(async () => {
  home = aHome()
  cpSync(fixture('claude-code/recorded/projects'), join(home.path, '.claude/projects'), { recursive: true })
  cpSync(fixture('codex/sessions'), join(home.path, '.codex/sessions'), { recursive: true })
  await home.run('report')
})
afterAll(() => home[Symbol.dispose]())

describe('report', () => {
  it('shows tokens by category, cost, outcome and completeness on 80 columns', async () => {
    const { code, stderr, stdout } = await home.run('report --by model')

    expect(code).toBe(0)
    expect(stdout).toBe(
      [
        'MODEL                       TASKS  INPUT  CACHED  OUTPUT   COST  FROM  LACKS',
        'claude-opus-4-6                 1     36   70.8k    2.9k  $0.39  T     b',
        'claude-sonnet-4-6               2     48    138k    5.7k  $0.36  TC',
        'gpt-5.3-codex                   2   108k    255k    2.9k  $0.27  T',
        'claude-sonnet-4-5-20250929      2     44   76.3k    4.3k  $0.27  T     ab',
        'total                           7   108k    540k   15.7k  $1.30  TC    ab',
        '',
      ].join('\n'),
    )
    expect(stderr).toBe(
      "From: T transcript, C the agent's own totals.\nLacks: a compaction_request, b subagent_output.\n",
    )
  })

  it.each(['day', 'week', 'month', 'model', 'project', 'branch', 'harness', 'task-type', 'session'])(
    'by %s adds up to the same total',
    async (by) => {
      const { stdout } = await home.run(`report --by ${by} --json --no-read`)

      const { rows, total } = JSON.parse(stdout)
      const costs = rows.map((row: { cost_usd: number }) => row.cost_usd)
      expect(costs.reduce((sum: number, cost: number) => sum + cost, 0)).toBeCloseTo(total.cost_usd, 9)
      expect(total).toMatchObject({ tasks: 7, outcomes: { success: 7 }, requests: expect.any(Number) })
    },
  )

  it.each(['day', 'project', 'session'])('by %s fits 80 columns', async (by) => {
    const { stdout } = await home.run(`report --by ${by} --no-read`)

    for (const line of stdout.split('\n')) expect(line.length).toBeLessThanOrEqual(80)
  })

  it('leaves columns out before it cuts names, where the terminal is narrow', async () => {
    const { stdout } = await home.run('report --by model --no-read', { COLUMNS: '60' })

    for (const line of stdout.split('\n')) expect(line.length).toBeLessThanOrEqual(60)
    expect(stdout).toMatch(/^MODEL +TASKS +INPUT +OUTPUT +COST +LACKS$/m)
    expect(stdout).toMatch(/^claude-sonn…4-5-20250929 /m)
  })

  it('knows the days of another time zone', async () => {
    const { stdout } = await home.run('report --timezone Pacific/Kiritimati --no-read --json')

    // 09:32 in UTC is 23:32 there, all of it before midnight.
    expect(JSON.parse(stdout).rows.map(({ name }: { name: string }) => name)).toEqual(['2026-11-21'])
    const later = await home.run('report --timezone Pacific/Kiritimati --since 2026-11-22 --no-read')
    expect(later).toMatchObject({ code: 0, stdout: '', stderr: expect.stringContaining('Nothing was spent') })
  })

  it('filters by agent, model, project and days', async () => {
    const flags = ['--harness codex', '--model gpt-5.3-codex', '--project demo-app', '--until 2026-11-20']

    const runs = await Promise.all(flags.map((flag) => home.run(`report --json --no-read ${flag}`)))

    expect(runs.map(({ stdout }) => JSON.parse(stdout).total?.tasks)).toEqual([2, 2, 7, undefined])
  })

  it('says unknown, and never 0, of what has no price', async () => {
    using other = aHome()
    other.write(mainFile(), [
      prompt('one', { promptId: uuid(1), at: 0 }),
      answer({ id: 'a', at: 1, model: 'made-up' }),
      answer({ id: 'b', at: 2, output: 1_000_000, model: 'claude-sonnet-4-6' }),
    ])

    const { stderr, stdout } = await other.run('report --by model')

    expect(stdout).toMatch(/^made-up .* unknown /m)
    expect(stdout).toMatch(/^total .* ≥ \$15\.00 /m)
    expect(stderr).toContain('unpriced_model')
  })
})

describe('report --check', () => {
  it.each([
    ['--budget 1 --since 2026-11-21', 1, 'Over budget: $1.30 of $1.00 spent in that time.'],
    ['--budget 2 --since 2026-11-21', 0, 'Within budget: $1.30 of $2.00 spent in that time.'],
    ['--budget 0.5 --since 2027-01-01', 0, 'Within budget: $0.00 of $0.50 spent in that time.'],
  ])('%s exits %i with one sentence', async (flags, code, sentence) => {
    expect(await home.run(`report --no-read --check ${flags}`)).toMatchObject({
      code,
      stdout: `${sentence}\n`,
    })
  })

  it.each(['day', 'week', 'month'])('looks at the %s that is under way', async (per) => {
    const { code, stdout } = await home.run(`report --no-read --check --budget 1000 --per ${per}`)

    expect(code).toBe(0)
    expect(stdout).toMatch(/^Within budget: .* spent (today|this week|this month)\.\n$/)
  })
})

const recorded = JSON.parse(readFileSync(new URL('fixtures/ccusage-20.0.24.json', import.meta.url), 'utf8'))

describe('report --ccusage-json', () => {
  it.each([
    ['day', 'daily'],
    ['week', 'weekly'],
    ['month', 'monthly'],
    ['session', 'session'],
  ])(
    'by %s has the names that ccusage %s has, and its numbers where the logs are complete',
    async (by, name) => {
      const { stdout } = await home.run(`report --no-read --ccusage-json --by ${by}`)

      const ours = JSON.parse(stdout)
      const theirs = recorded[name]
      expect(shapeOf(ours[name][0])).toEqual(shapeOf(theirs[name][0]))
      expect(Object.keys(ours).sort()).toEqual(Object.keys(theirs).sort())
      expect(Object.keys(ours.totals).sort()).toEqual(Object.keys(theirs.totals).sort())
      expect(ours[name].map(breakdownOfCodex)).toEqual(theirs[name].map(breakdownOfCodex))
      if (by !== 'session') expect(ours[name][0].period).toBe(theirs[name][0].period)
    },
  )
})

it('has the billing blocks of ccusage', async () => {
  const { stdout } = await home.run('report --no-read --ccusage-json --by block')

  const [ours] = JSON.parse(stdout).blocks
  const [theirs] = recorded.blocks.blocks
  expect(shapeOf(ours)).toEqual(shapeOf(theirs))
  const { entries, id, models, startTime, endTime } = theirs
  expect(ours).toMatchObject({ id, models, startTime, endTime, isGap: false })
  // The final outputs of two subagents stand in another line than the one it reads; the responses are the same.
  expect(ours.entries).toBe(entries)
})

/** Names and types, down to the bottom; of lists the first. */
function shapeOf(value: unknown): unknown {
  if (Array.isArray(value)) return [shapeOf(value[0])]
  if (typeof value !== 'object' || value === null) return typeof value
  const names = Object.keys(value).sort()
  return Object.fromEntries(names.map((name) => [name, shapeOf((value as Record<string, unknown>)[name])]))
}

/** Codex's log is complete, so both readers must find the same; the cost to within the last bits of a fraction. */
function breakdownOfCodex(row: { modelBreakdowns: { modelName: string; cost: number }[] }) {
  const found = row.modelBreakdowns.find(({ modelName }) => modelName === 'gpt-5.3-codex')
  return found && { ...found, cost: found.cost.toFixed(6) }
}

it.each([
  ['report --by dya', 'Allowed choices are day'],
  ['report --since 21.11.', '--since: "21.11." is not a day'],
  ['report --timezone Berlin', '--timezone: "Berlin" is not a known time zone'],
  ['report --harness codx', 'Did you mean codex?'],
  ['report --check', '--budget: is needed with --check'],
  ['report --check --budget much', '--budget: "much" is not an amount of dollars'],
  ['report --by branch --ccusage-json', 'ccusage has no report by branch'],
])('%s exits 2 and says what would be right', async (line, message) => {
  expect(await home.run(line)).toMatchObject({
    code: 2,
    stdout: '',
    stderr: expect.stringContaining(message),
  })
})
