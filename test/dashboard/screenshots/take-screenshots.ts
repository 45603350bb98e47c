import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'

import { aBrowser, aPage, drawn, open } from '../a-browser.ts'
import { aDashboard } from '../a-dashboard.ts'
import { demoTasks, madeUpTasks } from '../some-tasks.ts'
import { smallerPng } from './smaller-png.ts'
import { addSomeRuns } from './some-runs.ts'

const DIRECTORY = join(import.meta.dirname, '../../../docs/images')

const SCREENS = [
  { name: 'light', isDark: false, width: 1280 },
  { name: 'dark', isDark: true, width: 1280 },
  { name: 'narrow', isDark: false, width: 360 },
]

const VIEWS_TASK = {
  task_type: 'debugging',
  model: 'claude-sonnet-4-5',
  provider: 'anthropic',
  complexity: 'high',
} as const

const VIEWS = {
  spend: '',
  forecast:
    'view=forecast&of_type=debugging&of_model=claude-sonnet-4-5&of_complexity=high&of_provider=anthropic&budget=1',
  worth: 'view=worth',
  estimates: 'view=estimates',
  gates: 'view=gates',
  runs: 'view=runs&run=failed',
  health: 'view=health',
}

it('takes a picture of each panel in light, dark and narrow', async () => {
  mkdirSync(DIRECTORY, { recursive: true })
  const nowMs = Date.now()
  await using server = await aDashboard()
  await server.report([...madeUpTasks(4000, nowMs), ...demoTasks(nowMs - 3_600_000)])
  await addSomeRuns(server, nowMs)
  await server.forecast(VIEWS_TASK)
  await using browser = await aBrowser()
  for (const { name, ...screen } of SCREENS) {
    const { incidents, page } = await aPage(browser, server.url, screen)
    for (const [view, query] of Object.entries(VIEWS)) {
      await page.setViewportSize({ width: screen.width, height: 700 })
      await open(page, `${server.url}/?${query}`)
      await drawn(page)
      await page.getByText('Live', { exact: true }).waitFor({ state: 'attached' })
      const height = await page.evaluate<number>('document.documentElement.scrollHeight')
      await page.setViewportSize({ width: screen.width, height })
      save(`${view}-${name}`, await page.screenshot())
    }
    expect(incidents).toEqual([])
    await page.close()
  }
})

it('takes pictures of the login and of the administration', async () => {
  const adminToken = 'an-admin-token-for-the-pictures'
  await using server = await aDashboard({ adminToken })
  await using browser = await aBrowser()
  const { page } = await aPage(browser, server.url, { height: 560, width: 1280 })
  await open(page, `${server.url}/?view=instances`)
  save('login-light', await page.screenshot())
  await page.getByLabel('Token').fill(adminToken)
  await page.keyboard.press('Enter')
  await page.getByRole('button', { name: 'Create key' }).first().waitFor()
  save('instances-light', await page.screenshot())
})

function save(name: string, png: Buffer): void {
  writeFileSync(join(DIRECTORY, `${name}.png`), smallerPng(png))
}
