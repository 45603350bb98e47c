import { expect, it, vi } from 'vitest'

import { aServer } from '../../packages/server/src/testing/a-server.ts'
import { encodeTraces } from './encode-protobuf.ts'

const TRACE = '0af7651916cd43dd8448eb211c80319c'
const QUIET_MS = 1000

it('makes a request of every model call of a trace, and one priced task of the trace', async () => {
  const listPrice = vi.fn(() => 1234)
  await using server = await aServer({ otlpTaskQuietMs: String(QUIET_MS) }, { listPrice })
  const spans = [
    aSpan('invoke_agent', '1'),
    aSpan('chat', '2'),
    aSpan('execute_tool', '3'),
    aSpan('chat', '4'),
  ]
  const body = { resourceSpans: [{ scopeSpans: [{ spans }] }] }

  await server.post('/v1/traces', body)
  await server.post('/v1/traces', encodeTraces(body), { 'content-type': 'application/x-protobuf' })
  const { body: page } = await server.get(`/v1/otlp/requests?session_id=${TRACE}`)
  server.clock.nowMs += QUIET_MS
  await vi.waitFor(
    async () => expect(await server.metric('mosaic_otlp_tasks_total{result="stored"}')).toBe(1),
    10_000,
  )

  expect(page.requests).toHaveLength(2)
  expect(page.requests[0]).toMatchObject({
    prompt_id: TRACE,
    model: 'gpt-5',
    provider: 'openai',
    fresh_input_tokens: 100,
    cost_usd_micros: null,
  })
  expect(listPrice).toHaveBeenCalledTimes(2)
})

it('pages through the requests of a session', async () => {
  await using server = await aServer()
  const spans = ['1', '2', '3', '4', '5'].map((id) => aSpan('chat', id))
  await server.post('/v1/traces', { resourceSpans: [{ scopeSpans: [{ spans }] }] })

  const sizes: number[] = []
  for (let after: number | null = 0; after !== null;) {
    const path = `/v1/otlp/requests?session_id=${TRACE}&limit=2&after=${after}`
    const { body } = await server.get(path)
    sizes.push(body.requests.length)
    after = body.next_after
  }

  expect(sizes).toEqual([2, 2, 1])
})

it('refuses a list whose query is not as it must be', async () => {
  await using server = await aServer()
  const queries = [
    ['', 'session_id'],
    ['?session_id=', 'session_id'],
    ['?session_id=a&limit=0', 'limit'],
    ['?session_id=a&limit=1001', 'limit'],
    ['?session_id=a&after=-1', 'after'],
    ['?session_id=a&merge=maybe', 'merge'],
  ]

  for (const [query, path] of queries) {
    const answer = await server.get(`/v1/otlp/requests${query}`)
    expect([answer.status, answer.body.error.details[0].path], query).toEqual([422, path])
  }
})

/** A span of OpenAI's, as an SDK makes it; its id ends in the given digit. */
function aSpan(operation: string, id: string) {
  const attributes = {
    'gen_ai.operation.name': { stringValue: operation },
    'gen_ai.provider.name': { stringValue: 'openai' },
    'gen_ai.request.model': { stringValue: 'gpt-5' },
    'gen_ai.usage.input_tokens': { intValue: '100' },
    'gen_ai.usage.output_tokens': { intValue: 20 },
    'gen_ai.input.messages': { stringValue: 'a prompt that is nobody’s business' },
  }
  return {
    traceId: TRACE,
    spanId: id.padStart(16, 'a'),
    name: `${operation} gpt-5`,
    startTimeUnixNano: '1795253555000000000',
    endTimeUnixNano: '1795253556000000000',
    attributes: Object.entries(attributes).map(([key, value]) => ({ key, value })),
  }
}
