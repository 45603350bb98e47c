import axe from 'axe-core'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

import { aBrowser, aPage } from './a-browser.ts'
import { aDashboard, type DashboardServer } from './a-dashboard.ts'

const ADMIN = 'an-admin-token-of-the-tests-0123456789'
const VIEWER = 'a-viewer-token-of-the-tests-0123456789'

let server: DashboardServer
let browser: Browser

beforeAll(async () => {
  server = await aDashboard({ adminToken: ADMIN, viewerToken: VIEWER })
  browser = await aBrowser()
})

afterAll(async () => {
  await browser.close()
  await server[Symbol.asyncDispose]()
})

describe('logging in', () => {
  it('says that a token is wrong, and shows nothing', async () => {
    const { incidents, page } = await aPage(browser, server.url)
    await page.goto(server.url)

    await logIn(page, 'not-the-token')

    await page.locator('.problem:not(:empty)').waitFor()
    expect(await page.locator('main').count()).toBe(1)
    expect(await page.getByRole('navigation').count()).toBe(0)
    expect(incidents).toEqual([])
    await page.close()
  })

  it('leaves the token in no address and in no storage of the page', async () => {
    const { page } = await aPage(browser, server.url)
    const addresses: string[] = []
    page.on('request', (request) => addresses.push(request.url()))
    await page.goto(server.url)

    await logIn(page, VIEWER)

    await page.getByRole('heading', { level: 1, name: 'Spend' }).waitFor()
    expect(addresses.filter((address) => address.includes(VIEWER))).toEqual([])
    const kept = await page.evaluate<string>(
      'JSON.stringify([document.cookie, { ...localStorage }, { ...sessionStorage }, location.href])',
    )
    expect(kept).not.toContain(VIEWER)
    await page.close()
  })

  it('shows a viewer the numbers and no administration', async () => {
    const { page } = await aPage(browser, server.url)
    await page.goto(`${server.url}/?view=instances`)

    await logIn(page, VIEWER)

    await page.getByRole('heading', { name: 'Only an administrator sees this' }).waitFor()
    await page.getByRole('button', { name: 'Log out (viewer)' }).click()
    await page.getByLabel('Token').waitFor()
    await page.reload()
    await page.getByLabel('Token').waitFor()
    await page.close()
  })

  it('is asked for again when the server has forgotten the session', async () => {
    const { page } = await aPage(browser, server.url)
    await page.goto(server.url)
    await logIn(page, VIEWER)
    await page.getByRole('heading', { name: 'No task has been reported yet' }).waitFor()

    await page.context().clearCookies()
    await page.getByRole('link', { name: 'Health' }).click()

    await page.getByLabel('Token').waitFor()
    await page.close()
  })
})

describe('administration', () => {
  it('creates an instance with a key that reports, revokes the key, deletes the instance', async () => {
    const { incidents, page } = await aPage(browser, server.url)
    await page.goto(`${server.url}/?view=instances`)
    await logIn(page, ADMIN)

    await page.getByLabel('Name').fill('<b>build</b> machine')
    await page.getByRole('button', { name: 'Create instance' }).click()
    const card = page.getByRole('region', { name: '<b>build</b> machine', exact: true })
    await card.getByLabel('Label of a new key').fill('nightly')
    await card.getByRole('button', { name: 'Create key' }).click()
    const apiKey = await card.locator('.new-key code').textContent()
    const used = await predictWith(apiKey!)

    await card.getByRole('button', { name: 'Revoke', exact: true }).click()
    await card.getByRole('button', { name: 'Revoke for good' }).click()
    await card.getByText(/^revoked /).waitFor()
    const refused = await predictWith(apiKey!)
    const violations = await seriousFindings(page)

    await card.getByText('Delete this instance').click()
    const beginning = await card.locator('form code').textContent()
    await card.getByLabel(/^Type/).fill(beginning!)
    await card.getByRole('button', { name: 'Delete for good' }).click()
    await card.waitFor({ state: 'detached' })

    expect([used, refused]).toEqual([200, 401])
    expect(violations).toEqual([])
    expect(incidents).toEqual([])
    await page.close()
  })
})

async function logIn(page: Page, token: string): Promise<void> {
  await page.getByLabel('Token').fill(token)
  await page.getByRole('button', { name: 'Log in' }).click()
}

async function predictWith(apiKey: string): Promise<number> {
  const query = 'task_type=debugging&model=claude-opus-4-5&provider=anthropic&complexity=low'
  const headers = { authorization: `Bearer ${apiKey}` }
  return (await fetch(`${server.url}/v1/predictions?${query}`, { headers })).status
}

async function seriousFindings(page: Page): Promise<readonly string[]> {
  await page.evaluate(axe.source)
  const { violations } = await page.evaluate<axe.AxeResults>('axe.run()')
  return violations.filter(({ impact }) => impact === 'serious' || impact === 'critical').map(({ id }) => id)
}
