import { expect, it } from 'vitest'

import { asAdmin, aServer, type Headers, type TestServer, withoutKey } from '../../testing/a-server.ts'
import { anEvent } from '../../testing/an-event.ts'

const RUN = { event_id: 'e', run_id: 'r', agent_name: 'a', job_type: 'j', start_time: '2026-11-21T11:00:00Z' }

it('tells listeners that numbers and runs have changed', async () => {
  await using server = await aServer()
  await using page = await listen(server, asAdmin)
  await page.until('event: numbers\n') // the first look of the server: it cannot know what the page has

  page.forget()
  await server.post('/api/v1/runs', RUN)
  await page.until('event: runs\ndata: {}\n\n')
  await server.post('/v1/events', anEvent())
  await page.until('event: numbers\ndata: {}\n\n')

  expect(page.headers.get('content-type')).toBe('text/event-stream; charset=utf-8')
  expect(page.headers.get('cache-control')).toBe('no-store')
})

it('ends the stream when the server stops, at once', async () => {
  const server = await aServer()
  const page = await listen(server, asAdmin)
  const before = performance.now()

  await server[Symbol.asyncDispose]()

  await page.end()
  expect(performance.now() - before).toBeLessThan(5000)
})

it('ends the stream of a session that is over', async () => {
  await using server = await aServer()
  const login = await server.post('/login', { token: asAdmin['authorization']!.slice(7) }, withoutKey)
  const page = await listen(server, {
    ...withoutKey,
    cookie: login.headers.get('set-cookie')!.split(';')[0]!,
  })

  server.clock.nowMs += 13 * 3_600_000
  await server.post('/api/v1/runs', RUN)

  await page.end()
  expect(page.text()).not.toContain('event: runs')
})

it('forgets a page that has gone', async () => {
  await using server = await aServer()
  const page = await listen(server, asAdmin)
  const listeners = async () => (await server.get('/v1/dashboard/health', asAdmin)).body.process.listeners
  expect(await listeners()).toBe(1)

  await page[Symbol.asyncDispose]()

  await expect.poll(listeners).toBe(0)
})

/** A page that listens, and what it has heard. */
async function listen(server: TestServer, headers: Headers) {
  const ending = new AbortController()
  const response = await fetch(`${server.url}/v1/dashboard/events`, { headers, signal: ending.signal })
  expect(response.status).toBe(200)
  let heard = ''
  const over = (async () => {
    const decoder = new TextDecoder()
    for await (const chunk of response.body!) heard += decoder.decode(chunk, { stream: true })
  })().catch(() => {}) // ended from here
  return {
    headers: response.headers,
    text: () => heard,
    forget: () => (heard = ''),
    end: () => over,
    until: (text: string) => expect.poll(() => heard, { timeout: 10_000 }).toContain(text),
    async [Symbol.asyncDispose]() {
      ending.abort()
      await over
    },
  }
}
