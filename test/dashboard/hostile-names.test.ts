import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

import { canonicalModel } from '../../packages/server/src/predictions/model-name.ts'
import { aBrowser, aPage, drawn, open } from './a-browser.ts'
import { aDashboard, type DashboardServer } from './a-dashboard.ts'
import { madeUpTasks } from './some-tasks.ts'

const MARKUP = '<script>globalthis.hacked=1</script>'
const IMAGE = '"><img src=x onerror=hacked=1>'
const REVERSED = 'safe\u{202e}gpj.exe'
const FAMILY = 'agent-👩‍👩‍👧‍👦'
const LONG = 'm'.repeat(100)

let server: DashboardServer
let browser: Browser

beforeAll(async () => {
  server = await aDashboard()
  const names = [MARKUP, IMAGE, REVERSED, FAMILY, LONG]
  await server.report(
    madeUpTasks(150, Date.now(), 10).map((task, index) =>
      Object.assign({}, task, { model: names[index % names.length] }),
    ),
  )
  await server.addRun({
    event_id: '../../v1/admin?x=<b>',
    run_id: 'r-1',
    agent_name: IMAGE,
    job_type: REVERSED,
    start_time: new Date(Date.now() - 60_000).toISOString(),
    status: 'failure',
    error_summary: MARKUP,
    git_repo: 'javascript:alert(1)//github.com/a/b',
    git_commit_hash: '4f9c2ab31e',
  })
  await server.addToTimeline('../../v1/admin?x=<b>', [
    { event_type: MARKUP, timestamp: new Date().toISOString(), payload: { [IMAGE]: MARKUP } },
  ])
  browser = await aBrowser()
})

afterAll(async () => {
  await browser.close()
  await server[Symbol.asyncDispose]()
})

describe('names that somebody made up to do harm', () => {
  it.each(['spend', 'worth', 'estimates', 'gates', 'forecast', 'runs', 'health'])(
    'are text and nothing else: %s',
    async (view) => {
      const { incidents, page } = await aPage(browser, server.url, { width: 360 })
      await open(page, `${server.url}/?view=${view}`)
      await drawn(page)
      if (view === 'runs') {
        await page.locator('.run-list a').click()
        await page.locator('.timeline li').waitFor()
      }

      const { hacked, images, scripts, wide } = await page.evaluate<{
        hacked: boolean
        images: number
        scripts: number
        wide: boolean
      }>(`({
        hacked: 'hacked' in globalThis,
        images: document.images.length,
        scripts: document.querySelectorAll('script:not([src])').length,
        wide: document.documentElement.scrollWidth > innerWidth,
      })`)
      const links = await page.locator('a[href^="javascript" i]').count()
      await page.close()

      expect({ hacked, images, scripts, wide, links, incidents }).toEqual({
        hacked: false,
        images: 0,
        scripts: 0,
        wide: false,
        links: 0,
        incidents: [],
      })
    },
  )

  it('are shown as they are, but for characters that would turn the text around', async () => {
    const { page } = await aPage(browser, server.url)
    await open(page, server.url)

    const names = await page.locator('tbody th').allTextContents()

    expect(names).toContain(canonicalModel(MARKUP))
    expect(names).toContain(canonicalModel(IMAGE))
    expect(names).toContain(canonicalModel(FAMILY))
    expect(names).toContain(LONG)
    expect(names).toContain(canonicalModel(REVERSED).replace('\u{202e}', '\u{fffd}'))
    await page.close()
  })
})
