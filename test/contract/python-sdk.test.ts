import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'

import { afterAll, beforeAll, describe, expect, it } from 'vitest'

import { startContractServer, type ContractServer } from './contract-server.ts'
import { aVectorEvent, vectorInstanceId } from './vectors.ts'

const run = promisify(execFile)
const SCRIPT = fileURLToPath(new URL('python-events.py', import.meta.url))

let server: ContractServer
let key: string

beforeAll(async () => {
  server = await startContractServer(Date.now()) // the script's clock is the real one
  key = await server.addInstance(vectorInstanceId)
})
afterAll(() => server[Symbol.asyncDispose]())

/** The headers of the SDK's HTTP library, in its order and spelling. */
function sdkHeaders(): Record<string, string> {
  return {
    Host: new URL(server.url).host,
    Accept: '*/*',
    'Accept-Encoding': 'gzip, deflate, br, zstd',
    Connection: 'keep-alive',
    'User-Agent': 'mosaicstack-telemetry-python/0.1.0',
    Authorization: `Bearer ${key}`,
    'Content-Type': 'application/json',
  }
}

/** An event as Pydantic writes it: every optional field is there, and floats keep their point. */
function sdkEvent(eventId: string, timestamp: string): string {
  const event = aVectorEvent({ event_id: eventId, timestamp, language: null, repo_size_category: null })
  return JSON.stringify({ ...event, context_utilization_final: 0 }).replace(
    '"context_utilization_final":0',
    '"context_utilization_final":0.0',
  )
}

const FIRST_ID = '0f1e2d3c-4b5a-4697-8879-6a5b4c3d2e1f'
const SECOND_ID = '1f1e2d3c-4b5a-4697-8879-6a5b4c3d2e1f'

describe('a request of the Python SDK', () => {
  it('has its events accepted in either spelling of UTC, and answered as its models expect', async () => {
    const events = [
      sdkEvent(FIRST_ID, '2026-02-14T12:00:00.123456+00:00'),
      sdkEvent(SECOND_ID, '2026-02-14T12:00:00.123456Z'),
    ]

    const answer = await server.send({
      path: '/v1/events/batch',
      headers: sdkHeaders(),
      body: `{"events":[${events.join(',')}]}`,
    })

    expect({ status: answer.status, body: JSON.parse(answer.text) }).toEqual({
      status: 202,
      body: {
        accepted: 2,
        rejected: 0,
        results: [
          { event_id: FIRST_ID, status: 'accepted', error: null },
          { event_id: SECOND_ID, status: 'accepted', error: null },
        ],
      },
    })
    expect(answer.headers['content-type']).toMatch(/^application\/json/)
    expect(answer.headers['content-encoding']).toBeUndefined()
    expect(await server.storedEvents()).toMatchObject([
      { event_id: FIRST_ID, timestamp: '2026-02-14T12:00:00.123456Z', language: null },
      { event_id: SECOND_ID, timestamp: '2026-02-14T12:00:00.123456Z', repo_size_category: null },
    ])
  })

  it('is accepted with spaces after commas and colons, and with escapes for everything beyond ASCII', async () => {
    const json = JSON.stringify({ events: [aVectorEvent({ model: 'modèle 🚀' })] }, null, 1)
    const spaced = json.replace(/\n\s*/g, ' ').replace('è', '\\u00e8').replace('🚀', '\\ud83d\\ude80')

    const { status, text } = await server.send({
      path: '/v1/events/batch',
      headers: sdkHeaders(),
      body: spaced,
    })

    expect({ status, accepted: JSON.parse(text).accepted }).toEqual({ status: 202, accepted: 1 })
    expect((await server.storedEvents()).at(-1)).toMatchObject({ model: 'modèle 🚀' })
  })

  it('is told a wrong envelope in the shape in which FastAPI told it', async () => {
    const { status, text } = await server.send({
      path: '/v1/events/batch',
      headers: sdkHeaders(),
      body: '{"events": []}',
    })

    expect(status).toBe(422)
    expect(JSON.parse(text).detail).toEqual([
      { loc: ['body', 'events'], msg: 'must be an array of 1 to 100', type: 'value_error' },
    ])
  })

  it('has its predictions answered', async () => {
    const query = { task_type: 'implementation', model: 'm', provider: 'anthropic', complexity: 'low' }

    const { status, text } = await server.send({
      path: '/v1/predictions/batch',
      headers: sdkHeaders(),
      body: JSON.stringify({ queries: [query] }),
    })

    expect(status).toBe(200)
    expect(Object.keys(JSON.parse(text).results[0])).toEqual(['prediction', 'metadata'])
  })
})

/** Why there is no Python here, or undefined where there is one. */
const absence = await run('python3', ['--version']).then(
  () => undefined,
  (error: NodeJS.ErrnoException) => error.code,
)

describe('Python itself', () => {
  if (absence !== undefined) {
    it('is not tried on this machine, which has no python3', () => {
      expect(absence).toBe('ENOENT')
    })
    return
  }

  it('sends an event once, has a repeat told as a duplicate, and reads a prediction', async () => {
    const { stdout } = await run('python3', [SCRIPT, server.url, vectorInstanceId, key])

    const { event, sent, sent_again: sentAgain, prediction } = JSON.parse(stdout)
    expect(sent).toEqual({
      status: 202,
      body: {
        accepted: 1,
        rejected: 0,
        results: [{ event_id: event.event_id, status: 'accepted', error: null }],
      },
    })
    expect(sentAgain.body.results).toEqual([
      { event_id: event.event_id, status: 'rejected', error: 'duplicate event_id', code: 'duplicate' },
    ])
    expect(prediction).toMatchObject({ status: 200, body: { results: [{ metadata: {} }] } })
    expect((await server.storedEvents()).at(-1)).toMatchObject({
      event_id: event.event_id,
      model: event.model,
      timestamp: event.timestamp.replace('+00:00', 'Z'),
      context_utilization_final: 1,
    })
  })
})
