import { request } from 'node:http'

import { afterAll, beforeAll, describe, expect, it } from 'vitest'

import { aRunServer, type RunServer } from '../../testing/a-run-server.ts'
import { aRun } from '../../testing/a-run.ts'

const TOKEN = 'a-token-of-thirty-two-characters'

/** Every endpoint of the agent-run API. */
const ENDPOINTS: readonly (readonly [method: 'get' | 'post' | 'patch', path: string])[] = [
  ['post', '/api/v1/runs'],
  ['post', '/api/v1/runs/batch'],
  ['get', '/api/v1/runs'],
  ['get', '/api/v1/runs/a'],
  ['patch', '/api/v1/runs/a'],
  ['post', '/api/v1/runs/a/associate-commit'],
  ['get', '/api/v1/runs/a/commit-url'],
  ['get', '/api/v1/runs/a/repo-url'],
  ['post', '/api/v1/runs/a/events'],
  ['get', '/api/v1/runs/a/events'],
  ['get', '/api/v1/metadata'],
]

function call(
  server: RunServer,
  method: 'get' | 'post' | 'patch',
  path: string,
  headers: Record<string, string>,
) {
  return method === 'get' ? server.get(path, headers) : server[method](path, aRun(), headers)
}

describe('with a token', () => {
  let server: RunServer
  beforeAll(async () => {
    server = await aRunServer({ auth: true, authToken: TOKEN })
  })
  afterAll(async () => {
    await server[Symbol.asyncDispose]()
  })

  it.each(ENDPOINTS)('%s %s is closed without it and open with it', async (method, path) => {
    const without = await call(server, method, path, {})
    const wrong = await call(server, method, path, {
      authorization: 'Bearer wrong-token-of-32-characters-xx',
    })
    const right = await call(server, method, path, { authorization: `Bearer ${TOKEN}` })

    expect(without).toMatchObject({ status: 401, body: { error: { code: 'unauthenticated' } } })
    expect(without.headers.get('www-authenticate')).toBe('Bearer')
    expect(wrong.status).toBe(401)
    expect(right.status).not.toBe(401)
  })
})

describe('without a token', () => {
  it('the API is open, and a token that nobody asked for does no harm', async () => {
    await using server = await aRunServer()

    expect((await server.post('/api/v1/runs', aRun())).status).toBe(201)
    expect((await server.get('/api/v1/runs', { authorization: 'Bearer whatever' })).status).toBe(200)
  })
})

describe('a web page', () => {
  it('is refused whose Origin is another site', async () => {
    await using server = await aRunServer()

    const foreign = await server.post('/api/v1/runs', aRun(), { origin: 'https://evil.example' })
    const opaque = await server.get('/api/v1/runs', { origin: 'null' })
    const own = await server.get('/api/v1/runs', { origin: server.url })

    expect(foreign).toMatchObject({ status: 403, body: { error: { code: 'forbidden' } } })
    expect(opaque.status).toBe(403)
    expect(own.status).toBe(200)
  })

  it('is refused that reaches the server under a name of its own', async () => {
    await using server = await aRunServer()
    const { port } = new URL(server.url)

    expect(await statusWithHost(server.url, `evil.example:${port}`)).toBe(403)
    expect(await statusWithHost(server.url, `localhost:${port}`)).toBe(200)
  })

  it.each(['text/plain', 'application/x-www-form-urlencoded'])('cannot write as %s', async (type) => {
    await using server = await aRunServer()

    const answer = await server.post('/api/v1/runs', aRun(), { 'content-type': type })

    expect(answer).toMatchObject({ status: 415, body: { error: { code: 'unsupported_media_type' } } })
  })
})

describe('the rate limit', () => {
  it('answers 429 to an address that asks too much, and says when to come back', async () => {
    await using server = await aRunServer({ rateLimitEnabled: true, rateLimitRpm: 3 })
    const statuses: number[] = []
    for (let count = 0; count < 3; count++) statuses.push((await server.get('/api/v1/runs')).status)

    const limited = await server.get('/api/v1/runs')

    expect(statuses).toEqual([200, 200, 200])
    expect(limited).toMatchObject({ status: 429, body: { error: { code: 'rate_limited' } } })
    expect(limited.headers.get('retry-after')).toBe('20')
    expect(limited.headers.get('x-ratelimit-limit')).toBe('3')
    expect(limited.headers.get('x-ratelimit-remaining')).toBe('0')
    server.clock.nowMs += 20_000
    expect((await server.get('/api/v1/runs')).status).toBe(200)
  })

  it('is off by default', async () => {
    await using server = await aRunServer()

    const answer = await server.get('/api/v1/runs')

    expect(answer.headers.get('x-ratelimit-limit')).toBeNull()
  })
})

/** `fetch` sets `Host` by itself. */
function statusWithHost(url: string, host: string): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    request(`${url}/api/v1/runs`, { headers: { host } }, (response) => {
      response.resume()
      resolve(response.statusCode)
    })
      .on('error', reject)
      .end()
  })
}
