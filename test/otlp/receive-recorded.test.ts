import { gzipSync } from 'node:zlib'

import { afterEach, beforeEach, describe, expect, it } from 'vitest'

import { aServer, type TestServer } from '../../packages/server/src/testing/a-server.ts'
import { encodeLogs, encodeMetrics } from './encode-protobuf.ts'
import { expectedSessions, recordedBodies } from './recorded.ts'
import { storedText } from './stored-text.ts'

/** What Claude Code really sent, through a real server: the sums of every session are what was served and billed. */

type Json = Record<string, unknown>
interface Sent {
  readonly body: Uint8Array | string
  readonly headers: Readonly<Record<string, string>>
}

let server: TestServer
beforeEach(async () => {
  server = await aServer({ rateLimitEnabled: false })
})
afterEach(() => server[Symbol.asyncDispose]())

const asJson = (body: Json): Sent => ({ body: JSON.stringify(body), headers: {} })
const asProtobuf =
  (encode: (body: Json) => Buffer) =>
  (body: Json): Sent => ({
    body: encode(body),
    headers: { 'content-type': 'application/x-protobuf' },
  })
const gzipped = ({ body, headers }: Sent): Sent => ({
  body: gzipSync(body),
  headers: { ...headers, 'content-encoding': 'gzip' },
})

async function send(signal: 'logs' | 'metrics', { body, headers }: Sent): Promise<void> {
  const answer = await server.post(`/v1/${signal}`, body, headers)
  expect([answer.status, answer.body]).toEqual([200, headers['content-type'] === undefined ? {} : ''])
}

describe('requests', () => {
  const variants: readonly (readonly [string, (bodies: Json[]) => Sent[]])[] = [
    ['as JSON', (bodies) => bodies.map(asJson)],
    ['as protobuf', (bodies) => bodies.map(asProtobuf(encodeLogs))],
    ['as gzipped JSON', (bodies) => bodies.map(asJson).map(gzipped)],
    ['as gzipped protobuf', (bodies) => bodies.map(asProtobuf(encodeLogs)).map(gzipped)],
    ['twice, in both encodings', (bodies) => [...bodies.map(asJson), ...bodies.map(asProtobuf(encodeLogs))]],
    ['in reverse order', (bodies) => bodies.toReversed().map(asJson)],
    ['record by record, the last first', (bodies) => recordByRecord(bodies).toReversed().map(asJson)],
    ['with numbers as texts', (bodies) => bodies.map((body) => asJson(withNumbersAsTexts(body)))],
  ]

  it.each(variants)('add up to what was served when they are sent %s', async (_, prepare) => {
    for (const sent of prepare(recordedBodies('logs'))) await send('logs', sent)

    expect(await sumsBySession()).toEqual(expectedSessions.map(expectedSums))
  })

  it('add up as well in every order and with every part sent again', async () => {
    const records = recordByRecord(recordedBodies('logs'))
    const shuffled = shuffle([...records, ...records.filter((_, index) => index % 3 === 0)], 20_261_121)

    for (let start = 0; start < shuffled.length; start += 40) {
      const resourceLogs = shuffled.slice(start, start + 40).flatMap((body) => body['resourceLogs'])
      await send('logs', asJson({ resourceLogs }))
    }

    expect(await sumsBySession()).toEqual(expectedSessions.map(expectedSums))
  })

  it('are listed with their split of cache writes where the version tells it', async () => {
    for (const body of recordedBodies('logs')) await send('logs', asJson(body))

    const newest = expectedSessions.find(({ session }) => session.startsWith('93625829'))!
    const { body } = await server.get(`/v1/otlp/requests?session_id=${newest.session}`)

    const sum = (name: string) =>
      body.requests.reduce((total: number, request: Record<string, number>) => total + request[name]!, 0)
    expect(body.next_after).toBeNull()
    expect(sum('cache_write_5m_tokens')).toBe(newest.tokens.cache_write_5m)
    expect(sum('cache_write_1h_tokens')).toBe(newest.tokens.cache_write_1h)
  })

  it('hold no e-mail address, account, user or prompt text, however it was sent', async () => {
    const [body] = recordedBodies('logs')
    const secrets = ['someone@example.com', 'account-4711', 'org-4711', 'please fix the login']
    const withSecrets = JSON.stringify(body).replaceAll(
      '{"key":"terminal.type"',
      ['user.email', 'user.account_uuid', 'organization.id', 'prompt']
        .map((key, index) => `{"key":"${key}","value":{"stringValue":"${secrets[index]}"}}`)
        .join(',') + ',{"key":"terminal.type"',
    )
    await send('logs', { body: withSecrets, headers: {} })

    const stored = storedText(server.dataDir)

    expect(withSecrets).toContain('someone@example.com')
    expect(stored).toContain('req_f3fe_00001')
    for (const secret of secrets) expect(stored).not.toContain(secret)
    expect(stored).not.toContain('24bee4af5f2c55a34cbfdd9d413c5547820b80d3c9245a937a669f9541a8232f')
  })
})

describe('metrics', () => {
  const variants: readonly (readonly [string, (bodies: Json[]) => Sent[]])[] = [
    ['deltas', (bodies) => bodies.map(asJson)],
    ['deltas as protobuf, twice', (bodies) => [...bodies, ...bodies].map(asProtobuf(encodeMetrics))],
    ['deltas in reverse order', (bodies) => bodies.toReversed().map(asJson)],
    ['totals since the start', (bodies) => cumulative(bodies).map(asJson)],
    [
      'totals since the start, gzipped, twice and in reverse order',
      (bodies) => [...cumulative(bodies), ...cumulative(bodies)].toReversed().map(asJson).map(gzipped),
    ],
  ]

  it.each(variants)('count what was served when they come as %s', async (_, prepare) => {
    for (const sent of prepare(recordedBodies('metrics'))) await send('metrics', sent)

    const { body } = await server.get('/v1/otlp/sessions')
    const counted = Object.fromEntries(
      body.sessions.map(({ session_id, counted: totals }: Json) => [session_id, totals]),
    )
    for (const { session, tokens, cost_micro_usd } of expectedSessions) {
      expect(counted[session]).toEqual({
        input: tokens.input_tokens,
        output: tokens.output_tokens,
        cache_read: tokens.cache_read,
        cache_write: tokens.cache_write_5m + tokens.cache_write_1h,
        cost_usd: expect.closeTo(cost_micro_usd / 1e6, 5),
      })
    }
  })

  it('show that a session is complete, and that one with a missing body is not', async () => {
    for (const body of recordedBodies('metrics')) await send('metrics', asJson(body))
    const [, ...logs] = recordedBodies('logs')
    for (const body of logs) await send('logs', asJson(body))

    const before = await completeBySession()
    await send('logs', asJson(recordedBodies('logs')[0]!))
    const after = await completeBySession()

    expect(Object.values(before).filter((complete) => complete === false)).toHaveLength(1)
    expect(Object.values(after)).toEqual(expectedSessions.map(() => true))
  })
})

async function sumsBySession() {
  const { body } = await server.get('/v1/otlp/sessions')
  return expectedSessions.map(({ session }) => {
    const { requests, cost_usd_micros, requests_without_cost, ...rest } = body.sessions.find(
      ({ session_id }: Json) => session_id === session,
    )
    const { fresh_input_tokens, output_tokens, cache_read_tokens, cache_write_tokens } = rest
    return {
      session,
      requests,
      requests_without_cost,
      cost_usd_micros,
      tokens: { fresh_input_tokens, output_tokens, cache_read_tokens, cache_write_tokens },
    }
  })
}

function expectedSums({ session, counts, tokens, cost_micro_usd }: (typeof expectedSessions)[number]) {
  return {
    session,
    requests: counts.requests,
    requests_without_cost: 0,
    // Every request is rounded to a whole micro-dollar by itself.
    cost_usd_micros: expect.toSatisfy((cost) => Math.abs(cost - cost_micro_usd) <= counts.requests / 2),
    tokens: {
      fresh_input_tokens: tokens.input_tokens,
      output_tokens: tokens.output_tokens,
      cache_read_tokens: tokens.cache_read,
      cache_write_tokens: tokens.cache_write_5m + tokens.cache_write_1h,
    },
  }
}

async function completeBySession(): Promise<Record<string, boolean | null>> {
  const { body } = await server.get('/v1/otlp/sessions')
  return Object.fromEntries(body.sessions.map(({ session_id, complete }: Json) => [session_id, complete]))
}

/** One body for each log record, in order. */
function recordByRecord(bodies: readonly Json[]): Json[] {
  return bodies.flatMap((body) =>
    (body['resourceLogs'] as Json[]).flatMap((resource) =>
      (resource['scopeLogs'] as Json[]).flatMap((scoped) =>
        (scoped['logRecords'] as Json[]).map((record) => ({
          resourceLogs: [{ ...resource, scopeLogs: [{ ...scoped, logRecords: [record] }] }],
        })),
      ),
    ),
  )
}

/** As proto3's JSON has 64-bit numbers, and some senders all of them. */
function withNumbersAsTexts(body: Json): Json {
  return JSON.parse(
    JSON.stringify(body, (key, value: unknown) =>
      key === 'intValue' ? String(value) : key === 'doubleValue' ? { stringValue: String(value) } : value,
    ).replaceAll(/"doubleValue":\{"stringValue":("[^"]*")\}/g, '"stringValue":$1'),
  ) as Json
}

/** The same counts as totals: each point twice, once with half of its value, once whole and later. */
function cumulative(bodies: readonly Json[]): Json[] {
  const at = (share: number) =>
    bodies.map(
      (body) =>
        JSON.parse(JSON.stringify(body), (key, value: unknown) => {
          if (key === 'aggregationTemporality') return 2
          if (key === 'asDouble') return Number(value) * share
          if (key === 'timeUnixNano') return String(BigInt(value as string) + BigInt(Math.round(share * 1e6)))
          return value
        }) as Json,
    )
  return [...at(0.5), ...at(1)]
}

function shuffle<Item>(items: readonly Item[], seed: number): Item[] {
  let state = seed
  const keyed = items.map((item) => {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648
    return { item, key: state }
  })
  return keyed.sort((a, b) => a.key - b.key).map(({ item }) => item)
}
