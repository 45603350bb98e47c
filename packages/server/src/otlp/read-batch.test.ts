import fc from 'fast-check'
import { expect, it } from 'vitest'

import { readBody, type Signal } from './read-batch.ts'

const SIGNALS: readonly Signal[] = ['logs', 'traces', 'metrics']
const given = { instanceNo: 1, nowMs: Date.UTC(2026, 10, 21) }

it.each(['null', '5', '"text"', '[]', '{"resourceLogs":1}', '{"resourceLogs":{}}'])(
  'takes %s for no request',
  (body) => {
    expect(readBody('logs', JSON.parse(body), given)).toBeUndefined()
  },
)

it('counts entries that are no objects, wherever they stand, and reads what is beside them', () => {
  const good = { body: { stringValue: 'claude_code.api_request' }, attributes: attributes(request) }
  const body = {
    resourceLogs: [7, { scopeLogs: 5 }, { scopeLogs: [null, { logRecords: ['x', good, good] }] }],
  }

  const reading = readBody('logs', body, given)

  expect(reading).toMatchObject({ malformed: 4, problem: 'a list has an entry that is no object' })
  expect(reading?.batch.requests).toHaveLength(2)
})

it('hears of a session also through what it does not keep', () => {
  const logRecords = [{ body: { stringValue: 'other' }, attributes: attributes({ 'session.id': 'session' }) }]

  const reading = readBody('logs', { resourceLogs: [{ scopeLogs: [{ logRecords }] }] }, given)

  expect(reading?.batch).toMatchObject({ sessionIds: ['session'], count: 0, requests: [] })
})

it('weighs a huge body like a full transaction, so that it gets its turn', () => {
  const log = { body: { stringValue: 'claude_code.api_request' }, attributes: attributes(request) }
  const logRecords = Array.from({ length: 5000 }, () => log)

  const reading = readBody('logs', { resourceLogs: [{ scopeLogs: [{ logRecords }] }] }, given)

  expect(reading?.batch.count).toBe(2000)
  expect(reading?.batch.requests).toHaveLength(5000)
})

it('reads any JSON without failing, and hands the store only what it can keep', () => {
  const names = fc.constantFrom(
    'event.name',
    'event.timestamp',
    'event.sequence',
    'session.id',
    'prompt.id',
    'request_id',
    'model',
    'type',
    'input_tokens',
    'output_tokens',
    'cost_usd',
    'duration_ms',
    'gen_ai.request.model',
    'gen_ai.usage.input_tokens',
    'gen_ai.usage.output_tokens',
  )
  const scalar = fc.oneof(fc.string(), fc.double(), fc.integer(), fc.boolean(), fc.constant('1e400'))
  const value = fc.oneof(
    fc.record({ stringValue: scalar }),
    fc.record({ intValue: scalar }),
    fc.record({ doubleValue: scalar }),
    fc.record({ boolValue: scalar }),
    fc.anything(),
  )
  const record = fc.record({
    name: fc.constantFrom(
      'claude_code.token.usage',
      'claude_code.cost.usage',
      'claude_code.llm_request',
      'chat',
    ),
    body: fc.constantFrom(
      { stringValue: 'claude_code.api_request' },
      { stringValue: 'claude_code.user_prompt' },
      5,
    ),
    timeUnixNano: scalar,
    startTimeUnixNano: scalar,
    endTimeUnixNano: scalar,
    traceId: fc.constantFrom('0af7651916cd43dd8448eb211c80319c', 'x', 5),
    spanId: fc.constantFrom('b7ad6b7169203331', '', null),
    attributes: fc.array(fc.record({ key: names, value })),
    sum: fc.record({
      aggregationTemporality: fc.constantFrom(1, 2, 3, 'x'),
      dataPoints: fc.array(
        fc.record({
          asDouble: scalar,
          timeUnixNano: scalar,
          attributes: fc.array(fc.record({ key: names, value })),
        }),
      ),
    }),
  })
  fc.assert(
    fc.property(fc.array(fc.oneof(record, fc.anything())), fc.constantFrom(...SIGNALS), (records, signal) => {
      const lists = {
        logs: ['resourceLogs', 'scopeLogs', 'logRecords'],
        traces: ['resourceSpans', 'scopeSpans', 'spans'],
        metrics: ['resourceMetrics', 'scopeMetrics', 'metrics'],
      }[signal]
      const body = { [lists[0]!]: [{ [lists[1]!]: [{ [lists[2]!]: records }] }] }

      const reading = readBody(signal, body, given)

      for (const { request } of reading!.batch.requests) {
        expect(Number.isSafeInteger(request.fresh_input_tokens) && request.fresh_input_tokens >= 0).toBe(true)
        expect(new Date(request.ended_at).toISOString()).toBe(request.ended_at)
      }
      for (const { value: counted, startUs, endUs } of reading!.batch.points)
        expect([counted, startUs, endUs].every((number) => Number.isFinite(number) && number >= 0)).toBe(true)
    }),
    { numRuns: 300 },
  )
})

const request = {
  'event.name': 'api_request',
  'event.timestamp': '2026-11-21T09:32:36.737Z',
  'session.id': 'session',
  model: 'claude-sonnet-4-6',
  input_tokens: '1',
  output_tokens: '2',
}

function attributes(values: Record<string, string>) {
  return Object.entries(values).map(([key, text]) => ({ key, value: { stringValue: text } }))
}
