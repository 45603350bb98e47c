import chromium from '@sparticuz/chromium'
import { type Browser, chromium as playwright, type Page } from 'playwright-core'

/** The Chromium of the npm package, so that nothing has to be installed. */
export async function aBrowser(): Promise<Browser> {
  return playwright.launch({
    executablePath: await chromium.executablePath(),
    // The package's own arguments switch web security off, which is what these tests are about.
    args: [
      '--no-sandbox',
      '--no-zygote',
      '--disable-gpu',
      '--disable-dev-shm-usage',
      '--font-render-hinting=none',
    ],
  })
}

/** A page and everything that should not have happened on it. */
export interface WatchedPage {
  readonly page: Page
  /** Errors, violations of the page's policy, requests to anywhere else. Failed requests are what some tests are about. */
  readonly incidents: string[]
}

export async function aPage(
  browser: Browser,
  url: string,
  options: { readonly width?: number; readonly height?: number; readonly isDark?: boolean } = {},
): Promise<WatchedPage> {
  const { height = 900, isDark = false, width = 1280 } = options
  const page = await browser.newPage({
    viewport: { width, height },
    colorScheme: isDark ? 'dark' : 'light',
    reducedMotion: 'reduce',
    timezoneId: 'UTC',
    locale: 'en-GB',
  })
  page.setDefaultTimeout(10_000)
  const incidents: string[] = []
  page.on('pageerror', (error) => incidents.push(`error: ${error.message}`))
  page.on('console', (message) => {
    const text = message.text()
    if (/Content Security Policy|Content-Security-Policy/i.test(text)) incidents.push(`policy: ${text}`)
  })
  page.on('request', (request) => {
    if (!request.url().startsWith(url)) incidents.push(`request elsewhere: ${request.url()}`)
  })
  return { page, incidents }
}

/** Opens a view and waits until it shows an answer, or says why there is none. */
export async function open(page: Page, address: string): Promise<void> {
  await page.goto(address)
  await page.locator('.answer:not(.is-stale), .notice, .login').first().waitFor()
}

/** Waits until all charts are drawn: Plot arrives after the page. */
export async function drawn(page: Page): Promise<void> {
  await page.locator('.chart:not(:has(svg))').first().waitFor({ state: 'detached' })
}
