import { afterAll, beforeAll, describe, expect, it } from 'vitest'

import { anEvent } from '../testing/an-event.ts'
import { aServer, getWithHeaders, type TestServer } from '../testing/a-server.ts'

// Nothing here changes the server, so that one is enough.
let server: TestServer
beforeAll(async () => {
  server = await aServer()
})
afterAll(() => server[Symbol.asyncDispose]())

describe('the Host header', () => {
  it.each(['localhost', 'LOCALHOST:1', '127.0.0.1', '127.0.0.1:80', '[::1]', '[::1]:8765'])(
    'may name this machine: %s',
    async (host) => {
      expect(await getWithHeaders(`${server.url}/health`, { host })).toBe(200)
    },
  )

  it.each([
    'evil.example',
    'evil.example:8765',
    'localhost.evil.example',
    '127.0.0.1.evil.example',
    'localhost@evil.example',
    '0.0.0.0',
    '10.0.0.1',
  ])('may not name another machine: %j', async (host) => {
    for (const path of ['/health', '/metrics', '/docs', '/no-such-page']) {
      expect(await getWithHeaders(`${server.url}${path}`, { host }), path).toBe(403)
    }
  })

  it('may name a host that was allowed', async () => {
    await using friendly = await aServer({ allowedHosts: 'Telemetry.Example, other.example' })

    expect(await getWithHeaders(`${friendly.url}/health`, { host: 'telemetry.example:80' })).toBe(200)
    expect(await getWithHeaders(`${friendly.url}/health`, { host: 'third.example' })).toBe(403)
  })

  it('may name anything where other machines may reach the server, which then asks for tokens', async () => {
    await using reachable = await aServer({
      host: '0.0.0.0',
      auth: true,
      authToken: 'a token of 16 characters',
    })
    const url = reachable.url.replace('localhost', '127.0.0.1')

    expect(await getWithHeaders(`${url}/health`, { host: 'telemetry.example' })).toBe(200)
  })
})

describe('the Origin header', () => {
  it.each([
    'https://evil.example',
    'http://localhost:1',
    'http://127.0.0.1',
    'null',
    'file://',
    'chrome-extension://x',
    '',
  ])('may not name another site: %j', async (origin) => {
    const answer = await server.post('/v1/events', anEvent(), { origin })

    expect([answer.status, answer.body.error.code]).toEqual([403, 'forbidden'])
    expect(answer.headers.get('access-control-allow-origin')).toBeNull()
  })

  it('may name the server itself', async () => {
    const answer = await server.post('/v1/events', anEvent(), { origin: server.url })

    expect(answer.status).toBe(202)
  })

  it('gets no preflight answered from another site', async () => {
    const response = await fetch(`${server.url}/v1/events`, {
      method: 'OPTIONS',
      headers: { origin: 'https://evil.example', 'access-control-request-method': 'POST' },
    })

    expect(response.status).toBe(403)
  })
})
