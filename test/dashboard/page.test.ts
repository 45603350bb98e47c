import axe from 'axe-core'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

import { aBrowser, aPage, drawn, open } from './a-browser.ts'
import { aDashboard, type DashboardServer } from './a-dashboard.ts'
import { madeUpTasks } from './some-tasks.ts'

const VIEWS = [
  'spend',
  'forecast&of_model=claude-opus-4-5&budget=1',
  'worth',
  'estimates',
  'gates',
  'runs&run=broken',
  'health',
]

let server: DashboardServer
let browser: Browser

beforeAll(async () => {
  server = await aDashboard()
  await server.report(madeUpTasks(400, Date.now()))
  await server.addRun({
    event_id: 'broken',
    run_id: 'broken-1',
    agent_name: 'migrator',
    job_type: 'orders',
    start_time: new Date(Date.now() - 300_000).toISOString(),
    status: 'failure',
    error_summary: 'three tests failed',
    error_details: 'expected 3, got 4',
    git_repo: 'https://github.com/acme/shop',
    git_commit_hash: '4f9c2ab31e',
  })
  browser = await aBrowser()
})

afterAll(async () => {
  await browser.close()
  await server[Symbol.asyncDispose]()
})

describe('every panel', () => {
  it.each([
    { isDark: false, width: 1280 },
    { isDark: true, width: 360 },
  ])(
    'is accessible, as wide as the screen, alone with its server and within its policy: %o',
    async (screen) => {
      const { incidents, page } = await aPage(browser, server.url, screen)

      const findings: string[] = []
      for (const view of VIEWS) {
        await open(page, `${server.url}/?view=${view}`)
        await drawn(page)
        findings.push(...(await seriousFindings(page)).map((finding) => `${view}: ${finding}`))
        const [needed, has] = await page.evaluate<[number, number]>(
          '[document.documentElement.scrollWidth, innerWidth]',
        )
        if (needed > has) findings.push(`${view}: ${needed} px wide on a screen of ${has}`)
      }
      await page.close()

      expect(findings).toEqual([])
      expect(incidents).toEqual([])
    },
  )

  it('is painted within a second', async () => {
    const { page } = await aPage(browser, server.url)
    await open(page, server.url)
    const paintedMs = await page.evaluate<number>(
      `performance.getEntriesByName('first-contentful-paint')[0].startTime`,
    )
    await page.close()

    expect(paintedMs).toBeLessThan(1000)
  })
})

describe('the address of the page', () => {
  it('holds the filters: somebody else who opens it sees the same', async () => {
    const { page } = await aPage(browser, server.url)
    await open(page, server.url)

    await page.getByRole('radio', { name: '90 days' }).check()
    await page.locator('summary', { hasText: 'Model' }).click()
    await page.getByRole('checkbox', { name: /devstral-2/ }).check()
    await page.getByRole('checkbox', { name: /gemini-3-pro/ }).check()
    await page.getByLabel('Split by').selectOption('harness')
    const other = await aPage(browser, server.url)
    await open(other.page, page.url())

    expect(Object.fromEntries(new URL(page.url()).searchParams)).toMatchObject({
      period: '90d',
      by: 'harness',
    })
    await other.page.getByRole('heading', { name: 'By harness' }).waitFor()
    expect(await other.page.locator('summary', { hasText: 'Model: 2' }).count()).toBe(1)
    expect(await other.page.getByRole('radio', { name: '90 days' }).isChecked()).toBe(true)
    await other.page.close()
    await page.close()
  })

  it('is followed back and forth', async () => {
    const { page } = await aPage(browser, server.url)
    await open(page, `${server.url}/?harness=aider`)

    await page.getByRole('link', { name: 'Worth' }).click()
    await page.getByRole('heading', { name: 'Cost per success' }).waitFor()
    const worth = page.url()
    await page.goBack()
    await page.getByRole('heading', { name: 'By model' }).waitFor()
    await page.goForward()
    await page.getByRole('heading', { name: 'Cost per success' }).waitFor()

    expect(worth).toContain('harness=aider')
    expect(page.url()).toBe(worth)
    await page.close()
  })

  it('that says nonsense shows what can be shown', async () => {
    const { incidents, page } = await aPage(browser, server.url)
    await open(page, `${server.url}/?view=nowhere&from=2026-02-31&to=x&by=colour&period=-1d`)

    expect(await page.getByRole('heading', { level: 1 }).textContent()).toBe('Spend')
    expect(incidents).toEqual([])
    await page.close()
  })
})

describe('the keyboard', () => {
  it('goes from the first link to a filter and out of it again', async () => {
    const { page } = await aPage(browser, server.url)
    await open(page, server.url)

    await page.keyboard.press('Tab')
    const first = await focused(page)
    await page.keyboard.press('Enter')
    for (let tab = 0; tab < 20 && !(await focused(page)).startsWith('Model'); tab++)
      await page.keyboard.press('Tab')
    await page.keyboard.press('Enter')
    await page.keyboard.press('Tab')
    await page.keyboard.press('Space')
    await page.getByText(/^Model: /).waitFor()
    await page.keyboard.press('Escape')

    expect(first).toBe('Skip to the numbers')
    expect(await focused(page)).toMatch(/^Model: /)
    expect(await page.locator('.picker[open]').count()).toBe(0)
    await page.close()
  })

  it('lands on the heading of the view that a link leads to', async () => {
    const { page } = await aPage(browser, server.url)
    await open(page, server.url)

    await page.getByRole('link', { name: 'Health' }).focus()
    await page.keyboard.press('Enter')
    await page.getByRole('heading', { level: 1, name: 'Health' }).waitFor()

    expect(await focused(page)).toBe('Health')
    await page.close()
  })
})

describe('states', () => {
  it('says where there is data when the days chosen have none, and leads there', async () => {
    const { page } = await aPage(browser, server.url)
    await open(page, `${server.url}/?from=2024-01-01&to=2024-01-31`)

    await page.getByRole('heading', { name: 'No task ended in these days' }).waitFor()
    await page.getByRole('button', { name: 'Show all days' }).click()

    await page.getByRole('heading', { name: 'By model' }).waitFor()
    await page.close()
  })

  it('says that too little is known to compare models', async () => {
    const { page } = await aPage(browser, server.url)
    const day = new Date(Date.now() - 40 * 86_400_000).toISOString().slice(0, 10)
    await open(page, `${server.url}/?view=worth&from=${day}&to=${day}`)

    await page.getByText(/No model has enough tasks to compare/).waitFor()
    await page.close()
  })

  it('goes on by itself when the server has been away', async () => {
    const { page } = await aPage(browser, server.url)
    await open(page, server.url)
    await page.getByText('Live', { exact: true }).waitFor()
    const before = await page.locator('.figure').first().textContent()

    await server.stop()
    await page.getByText('Not connected').waitFor()
    const meanwhile = await page.locator('.figure').first().textContent()
    await page.getByRole('link', { name: 'Health' }).click()
    await page.getByRole('heading', { name: 'The server does not answer' }).waitFor()
    await server.start()

    await page.locator('.figure').first().waitFor()
    await page.getByText('Live', { exact: true }).waitFor()
    await page.getByRole('link', { name: 'Spend' }).click()
    await page.getByRole('heading', { name: 'By model' }).waitFor()
    expect(meanwhile).toBe(before)
    expect(await page.locator('.figure').first().textContent()).toBe(before)
    await page.close()
  })
})

/** What is serious or worse, with the element that it is about. */
async function seriousFindings(page: Page): Promise<readonly string[]> {
  await page.evaluate(axe.source)
  const { violations } = await page.evaluate<axe.AxeResults>(
    `axe.run(document, { resultTypes: ['violations'], rules: { region: { enabled: true } } })`,
  )
  return violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .flatMap(({ id, nodes }) => nodes.map(({ failureSummary, html }) => `${id} ${html} ${failureSummary}`))
}

function focused(page: Page): Promise<string> {
  return page.evaluate<string>('document.activeElement.textContent.trim()')
}
