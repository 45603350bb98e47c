import { errorStatus, type ErrorCode } from '@mosaicstack/telemetry-client/protocol'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

import { startContractServer, type ContractServer, type WireAnswer } from './contract-server.ts'
import { goodEvent, type EventFate, type HostileKind, type HostileRequest } from './hostile-request.ts'
import { refusedRequests } from './refused-requests.ts'
import { rejectedEvents } from './rejected-events.ts'
import { seededRandom } from './seeded-random.ts'
import { vectorInstanceId, vectorsNowMs } from './vectors.ts'

/** Change it to try others; a failure names the request that it draws. */
const SEED = 20_260_214
const REQUESTS = 1_000

interface Attempt extends HostileRequest {
  readonly name: string
  readonly answer: WireAnswer
}

let server: ContractServer
let key: string
const attempts: Attempt[] = []

beforeAll(async () => {
  server = await startContractServer(vectorsNowMs)
  key = await server.addInstance(vectorInstanceId)

  const kinds: readonly HostileKind[] = [...refusedRequests, ...rejectedEvents]
  const random = seededRandom(SEED)
  for (let number = 0; number < REQUESTS; number++) {
    const { name, make } = kinds[number % kinds.length]!
    const hostile = make(random)
    attempts.push({ ...hostile, name: `${number}: ${name}`, answer: await send(hostile.request) })
  }
})
afterAll(() => server[Symbol.asyncDispose]())

function send(request: HostileRequest['request']): Promise<WireAnswer> {
  const headers = { authorization: `Bearer ${key}`, 'content-type': 'application/json', ...request.headers }
  const named = Object.entries(headers).filter(([, value]) => value !== undefined)
  return server.send({ path: '/v1/events/batch', ...request, headers: Object.fromEntries(named) })
}

describe(`a thousand hostile requests (seed ${SEED})`, () => {
  it('are refused with the code that says what is wrong, or answered event by event', () => {
    const surprises = attempts.filter(({ expected, answer }) =>
      expected.kind === 'answered'
        ? answer.status !== 202
        : !expected.codes.some((code) => errorStatus[code] === answer.status && codeOf(answer) === code),
    )

    expect(surprises.map(({ name, answer }) => [name, answer.status, answer.text.slice(0, 200)])).toEqual([])
  })

  it('are refused in the one shape that every error has', () => {
    const refusals = attempts.filter(({ expected }) => expected.kind === 'refused')

    expect(refusals.length).toBeGreaterThan(500)
    for (const { name, answer } of refusals) {
      const body = JSON.parse(answer.text) as {
        error: { message: string; details: unknown[] }
        detail: unknown
      }
      expect(answer.headers['content-type'], name).toBe('application/json; charset=utf-8')
      expect(body, name).toEqual({
        error: { code: expect.any(String), message: expect.any(String), details: expect.any(Array) },
        detail: answer.status === 422 ? expect.any(Array) : body.error.message,
      })
      expect(answer.headers['www-authenticate'], name).toBe(answer.status === 401 ? 'Bearer' : undefined)
    }
  })

  it('are refused in sentences that say what to do', () => {
    const sentences = attempts
      .filter(({ expected }) => expected.kind === 'refused')
      .map(({ answer }) => (JSON.parse(answer.text) as { error: { message: string } }).error.message)
      .map((message) => message.replace(/(PUT|PATCH|DELETE|POST) \/\S*;/, '<method> <path>;'))

    expect(sentences.filter((sentence) => !SENTENCES.has(sentence))).toEqual([])
  })

  it('have each bad event rejected by the name of its field, and each good one beside it accepted', () => {
    const answered = attempts.filter(({ expected }) => expected.kind === 'answered')

    expect(answered.length).toBeGreaterThan(300)
    for (const { name, answer, expected } of answered) {
      const { results } = JSON.parse(answer.text) as { results: Result[] }
      expect(results.map(fateOf), name).toEqual(
        fatesOf(expected).map(({ kind, ...rest }) => told(kind, rest)),
      )
    }
  })

  it('learn no key, path, SQL, stack trace or error of a library from the answers', () => {
    const secrets = [key, server.dataDir, process.cwd(), 'node_modules', 'SQLITE', 'FST_', 'ERR_', 'HPE_']
    const patterns = [
      /\bat .+:\d+:\d+/,
      /\.[jt]s\b/,
      /\b(SELECT|INSERT|UPDATE) /,
      /[A-Z]\w*Error\b/,
      /\[object /,
    ]

    const leaks = attempts.filter(
      ({ answer: { text, headers } }) =>
        secrets.some((secret) => `${text}${JSON.stringify(headers)}`.includes(secret)) ||
        patterns.some((pattern) => pattern.test(text)),
    )

    expect(leaks.map(({ name, answer }) => [name, answer.text.slice(0, 200)])).toEqual([])
  })

  it('leave no trace in the prototypes of this process', () => {
    expect('polluted' in {}).toBe(false)
    expect(Object.keys(Object.prototype)).toEqual([])
  })

  it('leave a server that accepts a good event, and exactly the good events in its store', async () => {
    const last = seededRandom(SEED + 1).uuid()

    const answer = await send({ body: `{"events":[${goodEvent(seededRandom(1), { event_id: last })}]}` })

    expect(JSON.parse(answer.text)).toMatchObject({ accepted: 1, rejected: 0 })
    const good = attempts
      .flatMap(({ expected }) => fatesOf(expected))
      .filter((fate) => fate.kind === 'accepted')
      .map(({ eventId, model }) => [eventId, model])
    const stored = await server.storedEvents()
    expect(stored.slice(0, -1).map(({ event_id: id, model }) => [id, model])).toEqual(good)
    expect(stored.at(-1)?.['event_id']).toBe(last)
  })
})

interface Result {
  readonly event_id: string | null
  readonly status: string
  readonly error: string | null
  readonly code?: string
}

function codeOf({ text }: WireAnswer): ErrorCode {
  return (JSON.parse(text) as { error: { code: ErrorCode } }).error.code
}

function fatesOf(expected: HostileRequest['expected']): readonly EventFate[] {
  return expected.kind === 'answered' ? expected.events : []
}

/** What an answer tells of an event, in the words of `EventFate`. */
function fateOf({ event_id: eventId, status, error, code }: Result): unknown {
  if (status === 'accepted') return { kind: 'accepted', eventId }
  if (code === 'duplicate') return { kind: 'duplicate', eventId }
  return { kind: 'rejected', field: /^([a-z_]+): /.exec(error ?? '')?.[1] ?? '' }
}

function told(kind: EventFate['kind'], fate: { eventId?: string; field?: string }): unknown {
  return kind === 'rejected' ? { kind, field: fate.field } : { kind, eventId: fate.eventId }
}

/** Everything that a refusal may say. Read it as somebody who has never seen this software. */
const SENTENCES = new Set([
  'an API key is needed: send it as Authorization: Bearer <key>',
  'content-encoding must be gzip, or left out',
  'events: is required',
  'events: must be an array of 1 to 100',
  'queries.0.model: must be well-formed Unicode, without lone surrogates',
  'queries.0.model: must not contain the character U+0000',
  'queries.0.task_type: is required; queries.0.model: is required; queries.0.provider: is required; queries.0.complexity: is required',
  'queries.0.task_type: must be one of: planning, implementation, code_review, testing, debugging, refactoring, documentation, configuration, security_audit, unknown',
  'queries.0: must be an object',
  'queries: is required',
  'queries: must be an array of 1 to 100',
  'the API key belongs to another instance; nothing was stored',
  'the API key is unknown, expired or revoked',
  'the body is empty; send a JSON document',
  'the body is not UTF-8',
  'the body is not valid JSON',
  'the body is not valid gzip',
  'the body is over 1 MiB as sent; send fewer events a request, or compress it with gzip',
  'the body is over 8 MiB unpacked; send fewer events a request',
  'the body must be a JSON object',
  'the body must be sent as content-type: application/json',
  'the path cannot be decoded; write every % as %25',
  'there is no <method> <path>; see /docs',
])
