import { gzipSync } from 'node:zlib'

import { PbfReader } from 'pbf'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'

import { aServer, type TestServer, withoutKey } from '../../packages/server/src/testing/a-server.ts'
import { encodeTraces } from './encode-protobuf.ts'
import { recordedBodies } from './recorded.ts'

/** What senders hear: in their own encoding, and in the words of OTLP. */

const PROTOBUF = 'application/x-protobuf'

let server: TestServer

describe('a record', () => {
  beforeEach(async () => {
    server = await aServer()
  })
  afterEach(() => server[Symbol.asyncDispose]())

  it('that cannot be read is called back, and the rest is kept', async () => {
    const body = recordedBodies('logs')[0]!
    const broken = JSON.stringify(body).replace(
      '"output_tokens","value":{"intValue":218}',
      '"output_tokens","value":{"stringValue":"many"}',
    )

    const answer = await server.post('/v1/logs', broken)

    expect(answer.status).toBe(200)
    expect(answer.body).toEqual({
      partialSuccess: {
        rejectedLogRecords: '1',
        errorMessage: 'api_request: output_tokens must be a whole number from 0 to 10^12',
      },
    })
    expect(await server.metric('mosaic_otlp_records_total{signal="logs",result="malformed"}')).toBe(1)
    expect((await server.get('/v1/otlp/sessions')).body.sessions[0].requests).toBe(4)
  })

  it('is called back in protobuf where it came in protobuf', async () => {
    const attributes = [{ key: 'gen_ai.usage.input_tokens', value: { intValue: -5 } }]
    const span = { traceId: '0af7651916cd43dd8448eb211c80319c', spanId: 'b7ad6b7169203331', attributes }
    const body = encodeTraces({ resourceSpans: [{ scopeSpans: [{ spans: [span, {}] }] }] })

    const { status, contentType, message } = await sendProtobuf('/v1/traces', body)

    expect([status, contentType]).toEqual([200, PROTOBUF])
    const partial = readFields(message).get(1) as Uint8Array
    expect(readFields(partial).get(1)).toBe(1)
    expect(text(readFields(partial).get(2))).toBe('span: has no gen_ai.response.model')
  })

  it('may be absent: an empty request is answered in either encoding', async () => {
    const json = await server.post('/v1/metrics', '{}')
    const protobuf = await sendProtobuf('/v1/metrics', new Uint8Array())

    expect([json.status, json.body]).toEqual([200, {}])
    expect([protobuf.status, protobuf.message.length]).toEqual([200, 0])
  })

  it('is counted as kept, as known before, or as of no use', async () => {
    const body = recordedBodies('logs')[0]!
    await server.post('/v1/logs', body)
    await server.post('/v1/logs', body)

    const records = (result: string) =>
      server.metric(`mosaic_otlp_records_total{signal="logs",result="${result}"}`)

    expect(await records('accepted')).toBe(6)
    expect(await records('duplicate')).toBe(6)
    expect(await records('ignored')).toBe(110)
    expect(await server.metric('mosaic_otlp_ignored_total{signal="logs",name="tool_result"}')).toBe(10)
  })

  it('of an invented name is counted with all others, so that names cost no memory', async () => {
    const logRecords = ['one', 'two'].map((name) => ({ body: { stringValue: `claude_code.${name}` } }))

    await server.post('/v1/logs', { resourceLogs: [{ scopeLogs: [{ logRecords }] }] })

    expect(await server.metric('mosaic_otlp_ignored_total{signal="logs",name="other"}')).toBe(2)
  })
})

describe('a refusal', () => {
  // Nothing here changes the server, so that one is enough.
  beforeAll(async () => {
    server = await aServer()
  })
  afterAll(() => server[Symbol.asyncDispose]())

  const refusals: readonly (readonly [string, number, number, RequestInit])[] = [
    ['of no key', 401, 16, { headers: withoutKey, body: '{}' }],
    ['of an unknown key', 401, 16, { headers: { authorization: 'Bearer nobody' }, body: '{}' }],
    ['of broken JSON', 400, 3, { body: '{' }],
    ['of JSON that is no request', 400, 3, { body: '[]' }],
    ['of a list that is none', 400, 3, { body: '{"resourceLogs":{}}' }],
    ['of no UTF-8', 400, 3, { body: Buffer.from([0x7b, 0xff, 0x7d]) }],
    ['of broken gzip', 400, 3, { headers: { 'content-encoding': 'gzip' }, body: 'not gzip' }],
    ['of another compression', 415, 3, { headers: { 'content-encoding': 'br' }, body: '{}' }],
    ['of another type', 415, 3, { headers: { 'content-type': 'text/plain' }, body: '{}' }],
    ['of too much', 413, 3, { body: `{"a":"${'x'.repeat(1_100_000)}"}` }],
    [
      'of too much unpacked',
      413,
      3,
      { headers: { 'content-encoding': 'gzip' }, body: gzipSync(Buffer.alloc(9_000_000)) },
    ],
  ]

  it.each(refusals)('%s is %i with the status code %i of google.rpc', async (_, status, code, init) => {
    const answer = await server.post('/v1/logs', init.body, init.headers as Record<string, string>)

    expect(answer.status).toBe(status)
    expect(answer.body).toEqual({ code, message: expect.any(String) })
  })

  it('of protobuf that is none comes as a protobuf', async () => {
    const { status, contentType, message } = await sendProtobuf('/v1/logs', Buffer.from([0x0a, 0xff]))

    expect([status, contentType]).toEqual([400, PROTOBUF])
    expect(readFields(message).get(1)).toBe(3)
    expect(text(readFields(message).get(2))).toContain('protobuf')
  })

  it('of too many requests says when to come back', async () => {
    await using strict = await aServer({ rateLimitEnabled: true, rateLimitRpm: 1 })
    await strict.post('/v1/logs', '{}')

    const answer = await strict.post('/v1/logs', '{}')

    expect([answer.status, answer.body.code]).toEqual([429, 8])
    expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(0)
  })
})

async function sendProtobuf(path: string, body: Uint8Array) {
  const response = await fetch(`${server.url}${path}`, {
    method: 'POST',
    headers: { authorization: `Bearer ${server.apiKey}`, 'content-type': PROTOBUF },
    body: body as unknown as string,
  })
  return {
    status: response.status,
    contentType: response.headers.get('content-type'),
    message: new Uint8Array(await response.arrayBuffer()),
  }
}

/** Varints as numbers, everything else as bytes, by field number. */
function readFields(message: Uint8Array): Map<number, number | Uint8Array> {
  return new PbfReader(message).readFields((field, fields: Map<number, number | Uint8Array>, reader) => {
    fields.set(field, reader.type === 2 ? reader.readBytes() : reader.readVarint())
  }, new Map())
}

function text(bytes: number | Uint8Array | undefined): string {
  return Buffer.from(bytes as Uint8Array).toString()
}
