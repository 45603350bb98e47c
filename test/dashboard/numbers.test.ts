import { chance, percent, tokens, usd } from '@mosaicstack/telemetry-client/format'
import type { HealthAnswer } from '@mosaicstack/telemetry-client/protocol'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

import { canonicalModel } from '../../packages/server/src/predictions/model-name.ts'
import { aBrowser, aPage, open } from './a-browser.ts'
import { aDashboard, type DashboardServer } from './a-dashboard.ts'
import { demoTasks, madeUpTasks, type Task } from './some-tasks.ts'

const NOW_MS = Date.now()
/** Whole days before today, so that none slips out of a period while the tests run. */
const tasks = [...demoTasks(NOW_MS), ...madeUpTasks(100_000, NOW_MS)]

let server: DashboardServer
let browser: Browser
let page: Page

beforeAll(async () => {
  server = await aDashboard()
  await server.report(tasks)
  browser = await aBrowser()
  page = (await aPage(browser, server.url)).page
}, 120_000)

afterAll(async () => {
  await browser.close()
  await server[Symbol.asyncDispose]()
})

describe('what the panels show, beside what was reported', () => {
  it('shows what was spent, on which models', async () => {
    await open(page, `${server.url}/?period=all`)

    const cost = sumOf(tasks, costOf)
    const succeeded = tasks.filter(hasSucceeded)
    expect(await figure(page, 'Cost')).toBe(usd(cost))
    expect(await figure(page, 'Tasks')).toBe(count(tasks.length))
    expect(await figure(page, 'Cost per success')).toBe(usd(cost / succeeded.length))
    expect(await figure(page, 'Success')).toBe(percent(succeeded.length / tasks.length))
    const rows = byModel(tasks)
      .map(([model, its]) => [model, its, sumOf(its, costOf)] as const)
      .sort((a, b) => b[2] - a[2])
      .map(([model, its, spent]) => [model, spent === 0 ? '–' : usd(spent), count(its.length)])
    expect(await columns(page, 'Spend by model', [0, 1, 3])).toEqual(rows)
  })

  it('shows what was spent on each kind of task under a filter', async () => {
    const chosen = tasks.filter(({ harness }) => harness === 'aider' || harness === 'opencode')

    await open(page, `${server.url}/?period=all&harness=aider&harness=opencode&by=task_type`)

    expect(await figure(page, 'Tasks')).toBe(count(chosen.length))
    const shown = await columns(page, 'Spend by task type', [0, 3])
    const types = grouped(chosen, (task) => task.task_type)
    expect(new Map(shown.map(([type = '', its]) => [type.replaceAll(' ', '_'), its]))).toEqual(
      new Map([...types].map(([type, its]) => [type, count(its.length)])),
    )
  })

  it('shows the values of a day that somebody moves to with the keyboard', async () => {
    await open(page, `${server.url}/?period=7d`)
    const yesterday = new Date(Date.now() - 86_400_000).toISOString().slice(0, 10)
    const its = tasks.filter(({ timestamp }) => timestamp?.startsWith(yesterday))

    await page.getByRole('slider', { name: 'Cost over time' }).focus()
    await page.keyboard.press('End')
    await page.keyboard.press('ArrowLeft')

    expect(await page.locator('.legend-where strong').textContent()).toBe(usd(sumOf(its, costOf)))
    expect(await page.getByRole('slider').getAttribute('aria-valuetext')).toContain(usd(sumOf(its, costOf)))
  })

  it('shows how many tasks of each model succeeded', async () => {
    await open(page, `${server.url}/?view=worth&period=all`)

    const shown = await columns(page, 'Worth of all models', [0, 1, 2])
    const expected = byModel(tasks).map(([model, its]) => [
      model,
      count(its.length),
      percent(its.filter(hasSucceeded).length / its.length),
    ])
    expect(shown.map(([model, all, rate]) => [model, all, rate?.replace(/ \(.*/, '')])).toEqual(
      expect.arrayContaining(expected),
    )
    expect(shown).toHaveLength(expected.length)
  })

  it('shows what was estimated, and what it took', async () => {
    await open(page, `${server.url}/?view=estimates&period=all`)
    const estimated = tasks.filter((task) => task.estimated_cost_usd_micros > 0 && costOf(task) > 0)

    expect(await figure(page, 'Tasks with an estimate')).toBe(count(estimated.length))
    expect(await figure(page, 'Estimated')).toBe(
      usd(sumOf(estimated, (task) => task.estimated_cost_usd_micros)),
    )
    expect(await figure(page, 'Actual')).toBe(usd(sumOf(estimated, costOf)))

    await page.getByRole('radio', { name: 'Tokens read' }).check()

    const read = tasks.filter((task) => task.estimated_input_tokens > 0 && task.actual_input_tokens > 0)
    expect(await figure(page, 'Actual')).toBe(bigTokens(sumOf(read, (task) => task.actual_input_tokens)))
  })

  it('shows which gates were run and failed', async () => {
    await open(page, `${server.url}/?view=gates&period=all`)

    const expected = ['build', 'lint', 'test', 'coverage', 'typecheck', 'security'].map((gate) => [
      gate,
      count(tasks.filter((task) => ranGate(task, gate)).length),
      count(tasks.filter((task) => task.quality_gates_failed?.some((each) => each === gate)).length),
    ])
    expect(await columns(page, 'Each gate', [0, 1, 2])).toEqual(expected)
    const withGates = tasks.filter((task) => (task.quality_gates_run ?? []).length > 0)
    expect(await figure(page, 'Tasks with gates')).toBe(count(withGates.length))
    const passed = withGates.filter((task) => task.quality_gates_failed?.length === 0)
    expect(await figure(page, 'Of them passed')).toBe(count(passed.length))
  })

  it('shows the forecast that the server makes', async () => {
    const {
      cost_usd_micros: cost,
      exceeds,
      success_probability: success,
    } = await server.forecast({
      task_type: 'debugging',
      model: 'claude-sonnet-4-5',
      provider: 'anthropic',
      complexity: 'high',
      budget_cost_usd_micros: 900_000,
    })

    await open(
      page,
      `${server.url}/?view=forecast&of_type=debugging&of_model=claude-sonnet-4-5&of_complexity=high&budget=0.9`,
    )

    expect(await figure(page, 'Cost, half below')).toBe(usd(cost!.p50))
    expect(await figure(page, 'Success')).toBe(chance(success!.value))
    expect(await figure(page, 'Beyond $0.90')).toBe(chance(exceeds[0]!.probability))
    const [row] = await columns(page, 'The forecast in numbers', [1, 3, 5])
    expect(row).toEqual([usd(cost!.p10), usd(cost!.p50), usd(cost!.p90)])
  })

  it('shows who sends, and what was stored', async () => {
    await open(page, `${server.url}/?view=health`)
    const { sources } = await server.ask<HealthAnswer>('v1/dashboard/health')

    expect(await figure(page, 'Events')).toBe(count(tasks.length))
    expect(await columns(page, 'Sources', [1, 6])).toEqual(
      sources.map((source) => [source.harness?.replaceAll('_', ' '), count(source.events_total)]),
    )
  })

  it('shows a run while it goes on, without being asked again', async () => {
    const startTime = new Date(Date.now() - 60_000).toISOString()
    const run = { event_id: 'live', run_id: 'live-1', agent_name: 'updater', job_type: 'nightly' }
    await open(page, `${server.url}/?view=runs`)

    await server.addRun({ ...run, start_time: startTime, status: 'running' })
    await page.getByRole('link', { name: /updater/ }).click()
    await server.addToTimeline('live', [
      { event_type: 'tool_call', timestamp: startTime, payload: { tool: 'npm' } },
    ])
    await server.changeRun('live', { status: 'failure', error_summary: 'out of memory' })

    await page.getByText('tool call').waitFor()
    await page.locator('.run-problem', { hasText: 'out of memory' }).waitFor()
  })

  it('offers each table for a spreadsheet, under the same filters', async () => {
    await open(page, `${server.url}/?period=all&harness=aider`)

    const address = await page.getByRole('link', { name: /CSV/ }).getAttribute('href')

    const csv = await (await fetch(new URL(address!, server.url))).text()
    expect(address).toContain('harness=aider')
    expect(csv.split('\n')[1]).toContain('devstral-2')
  })
})

function costOf(task: Task): number {
  return task.actual_cost_usd_micros
}

function hasSucceeded(task: Task): boolean {
  return task.outcome === 'success'
}

function ranGate(task: Task, gate: string): boolean {
  return [...(task.quality_gates_run ?? []), ...(task.quality_gates_failed ?? [])].some(
    (each) => each === gate,
  )
}

function sumOf(of: readonly Task[], value: (task: Task) => number): number {
  return of.reduce((sum, task) => sum + value(task), 0)
}

function byModel(of: readonly Task[]): readonly (readonly [model: string, tasks: readonly Task[]])[] {
  return [...grouped(of, (task) => canonicalModel(task.model))]
}

function grouped(of: readonly Task[], keyOf: (task: Task) => string): Map<string, Task[]> {
  const groups = new Map<string, Task[]>()
  for (const task of of) {
    const group = groups.get(keyOf(task))
    if (group === undefined) groups.set(keyOf(task), [task])
    else group.push(task)
  }
  return groups
}

function count(value: number): string {
  return value.toLocaleString('en-US')
}

function bigTokens(value: number): string {
  return value < 999_500_000 ? tokens(value) : `${(value / 1e9).toFixed(1)}B`
}

/** The value of a figure at the head of a panel. */
function figure(of: Page, label: string): Promise<string | null> {
  return of
    .locator('.key-figures > div')
    .filter({ has: of.locator('dt').getByText(label, { exact: true }) })
    .locator('.figure')
    .textContent()
}

/** Some columns of a table, row by row, whether or not the screen has room for them. */
function columns(of: Page, caption: string, indexes: readonly number[]): Promise<string[][]> {
  return of
    .locator('table')
    .filter({ has: of.locator('caption').getByText(caption, { exact: true }) })
    .locator('tbody tr')
    .evaluateAll(
      (rows, wanted) =>
        rows.map((row) => wanted.map((index) => row.children[index]?.textContent?.trim() ?? '')),
      indexes,
    )
}
