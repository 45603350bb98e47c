import { gunzipSync, gzipSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'

import { startTestServer } from '../testing/test-server.ts'
import { systemClock } from './clock.ts'
import { type Fetch, fetchJsonHttp, type JsonHttp, type JsonHttpOptions } from './json-http.ts'

const { signal } = new AbortController()

function aClient(options: Partial<JsonHttpOptions>): JsonHttp {
  return fetchJsonHttp({
    serverUrl: 'http://127.0.0.1:9',
    apiKey: 'secret-key',
    userAgent: 'test',
    requestTimeoutMs: 5000,
    fetch: (url, init) => fetch(url, init),
    gzip: async (text) => new Uint8Array(gzipSync(text)),
    clock: systemClock,
    ...options,
  })
}

function deaf(): Promise<Response> {
  return new Promise(() => {})
}

async function endless(): Promise<Response> {
  const chunk = new Uint8Array(1024 * 1024)
  return new Response(new ReadableStream({ pull: (controller) => controller.enqueue(chunk) }))
}

describe('a request', () => {
  it('carries the key, the type and the user agent', async () => {
    await using server = await startTestServer()

    await aClient({ serverUrl: server.url }).post('/v1/events/batch', '{"events":[]}', signal)

    expect(server.requests[0]?.headers).toMatchObject({
      authorization: 'Bearer secret-key',
      'content-type': 'application/json',
      'user-agent': 'test',
    })
  })

  it('ends within its timeout, even if fetch ignores the signal', async () => {
    const result = await aClient({ fetch: deaf, requestTimeoutMs: 20 }).post('/', '{}', signal)

    expect(result).toMatchObject({ kind: 'no_answer', cause: { code: 'TIMEOUT' } })
  })

  it('ends when the caller gives up, and is not made at all after that', async () => {
    let calls = 0
    const counting: Fetch = () => {
      calls++
      return deaf()
    }
    const abort = new AbortController()
    const client = aClient({ fetch: counting })

    const first = client.post('/', '{}', abort.signal)
    abort.abort()
    const second = client.post('/', '{}', abort.signal)

    expect(await first).toMatchObject({ kind: 'no_answer' })
    expect(await second).toMatchObject({ kind: 'no_answer' })
    expect(calls).toBeLessThanOrEqual(1)
  })

  it('says why a server cannot be reached, without the key', async () => {
    const result = await aClient({ serverUrl: 'http://127.0.0.1:1' }).post('/', '{}', signal)

    const message = result.kind === 'no_answer' ? result.cause.message : ''
    expect(message).toMatch(/^cannot reach http:\/\/127\.0\.0\.1:1: .*(?:ECONNREFUSED|bad port)/)
    expect(message).not.toContain('secret-key')
  })

  it('does not follow a redirect', async () => {
    await using elsewhere = await startTestServer()
    await using server = await startTestServer()
    server.always({ status: 307, headers: { location: `${elsewhere.url}/stolen` } })

    const result = await aClient({ serverUrl: server.url }).post('/', '{}', signal)

    expect(result).toMatchObject({ kind: 'answer', status: 307 })
    expect(elsewhere.requests).toEqual([])
  })

  it('gives up reading an answer without end', async () => {
    const result = await aClient({ fetch: endless }).post('/', '{}', signal)

    expect(result).toMatchObject({ kind: 'answer', status: 200, body: undefined })
  })

  it('sends a compressed body again as it is where the server knows no gzip', async () => {
    const bodies: unknown[] = []
    const picky: Fetch = async (_url, init) => {
      bodies.push(init.body)
      const isGzip = new Headers(init.headers).has('content-encoding')
      return new Response('{"ok":true}', { status: isGzip ? 415 : 202 })
    }
    const client = aClient({ serverUrl: 'https://telemetry.example', fetch: picky })
    const json = JSON.stringify('x'.repeat(20_000))

    const first = await client.post('/', json, signal)
    await client.post('/', json, signal)

    expect(first).toMatchObject({ status: 202, body: { ok: true } })
    expect(gunzipSync(bodies[0] as Uint8Array).toString()).toBe(json)
    expect(bodies.slice(1)).toEqual([json, json])
  })
})
