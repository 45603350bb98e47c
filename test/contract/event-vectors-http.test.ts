import { afterAll, beforeAll, describe, expect, it } from 'vitest'

import { startContractServer, type ContractServer } from './contract-server.ts'
import { invalidVectors, validVectors, vectorInstanceId, vectorsNowMs } from './vectors.ts'

interface Result {
  readonly event_id: string | null
  readonly status: string
  readonly error: string | null
  readonly code?: string
}

/** A result, or an error of the request. */
type SingleAnswer = Pick<Result, 'code'> & { readonly error: string | null | { readonly code: string } }

let server: ContractServer
let keys: ReadonlyMap<string, string>

beforeAll(async () => {
  server = await startContractServer(vectorsNowMs)
  const instances = new Set(validVectors.map(({ json }) => instanceOf(json)))
  const pairs = [...instances].map(async (id) => [id, await server.addInstance(id)] as const)
  keys = new Map(await Promise.all(pairs))
})
afterAll(() => server[Symbol.asyncDispose]())

describe('the events API and the vectors', () => {
  it('accepts every valid event, and reads it as the vector says', async () => {
    const before = (await server.storedEvents()).length

    const answers = []
    for (const { title, json } of validVectors) {
      const { status, text } = await post('/v1/events', instanceOf(json), json)
      answers.push({ title, status, result: (JSON.parse(text) as Result).status })
    }

    expect(answers).toEqual(validVectors.map(({ title }) => ({ title, status: 202, result: 'accepted' })))
    const stored = (await server.storedEvents()).slice(before)
    const found = validVectors.map(({ title, readsAs }, index) => ({
      title,
      readsAs: Object.fromEntries(Object.keys(readsAs).map((name) => [name, stored[index]?.[name]])),
    }))
    expect(found).toEqual(validVectors.map(({ title, readsAs }) => ({ title, readsAs })))
  })

  it('stores the fields of a valid event as they were sent', async () => {
    const stored = await server.storedEvents()

    const differences = validVectors.flatMap(({ title, json, readsAs }, index) => {
      const sent = { ...(JSON.parse(json) as Record<string, unknown>), ...readsAs }
      return Object.entries(sent)
        .filter(([name, value]) => isStored(name) && value !== null)
        .filter(([name, value]) => !isSameStored(value, stored[index]?.[name]))
        .map(([name, value]) => ({ title, name, value, stored: stored[index]?.[name] }))
    })

    expect(differences).toEqual([])
  })

  it('rejects every invalid event in a batch by the name of its field, and stores none', async () => {
    const before = (await server.storedEvents()).length

    const results: Result[] = []
    for (const batch of inBatches(invalidVectors, 100)) {
      const body = `{"events":[${batch.map(({ json }) => json).join(',')}]}`
      const { status, text } = await post('/v1/events/batch', vectorInstanceId, body)
      expect(status).toBe(202)
      results.push(...(JSON.parse(text) as { results: Result[] }).results)
    }

    const found = results.map(({ status, error, code }, index) => ({
      title: invalidVectors[index]?.title,
      status,
      code,
      field: /^([a-z_]+): /.exec(error ?? '')?.[1] ?? '',
    }))
    expect(found).toEqual(
      invalidVectors.map(({ title, field, code }) => ({ title, status: 'rejected', code, field })),
    )
    expect(await server.storedEvents()).toHaveLength(before)
  })

  it('rejects every invalid event sent alone, or says that the body is no object', async () => {
    const before = (await server.storedEvents()).length

    const found = []
    for (const { title, json } of invalidVectors) {
      const { status, text } = await post('/v1/events', vectorInstanceId, json)
      found.push({ title, status, code: codeOf(JSON.parse(text) as SingleAnswer) })
    }

    expect(found).toEqual(
      invalidVectors.map(({ title, json, code }) =>
        json.startsWith('{') ? { title, status: 202, code } : { title, status: 422, code: 'invalid_request' },
      ),
    )
    expect(await server.storedEvents()).toHaveLength(before)
  })

  it('knows an event again by its id in the other case, and answers in lower case', async () => {
    const event = { ...JSON.parse(validVectors[0]!.json), event_id: '6E2F0C7A-9B1D-4E3F-8A5C-7D6B5A4F3E2D' }
    const eventId = event.event_id.toLowerCase()
    const events = [event, { ...event, event_id: eventId }]

    const { text } = await post('/v1/events/batch', vectorInstanceId, JSON.stringify({ events }))

    expect((JSON.parse(text) as { results: Result[] }).results).toEqual([
      { event_id: eventId, status: 'accepted', error: null },
      { event_id: eventId, status: 'rejected', error: 'duplicate event_id', code: 'duplicate' },
    ])
  })

  it('names every field that is wrong, not only the first', async () => {
    const event = { ...JSON.parse(validVectors[0]!.json), retry_count: 21, model: '', outcome: 'won' }

    const { text } = await post('/v1/events', vectorInstanceId, JSON.stringify(event))

    expect((JSON.parse(text) as Result).error).toBe(
      'model: must have at least 1 character; ' +
        'outcome: must be one of: success, failure, partial, timeout; ' +
        'retry_count: must be <= 20',
    )
  })

  it('refuses a whole batch for one event of another instance, and stores none of it', async () => {
    const [own, foreign] = [...keys.keys()]
    const event = JSON.parse(validVectors[0]!.json) as Record<string, unknown>
    const before = (await server.storedEvents()).length

    const { status, text } = await post(
      '/v1/events/batch',
      own!,
      JSON.stringify({ events: [event, { ...event, instance_id: foreign }] }),
    )

    expect(status).toBe(403)
    expect(JSON.parse(text)).toMatchObject({
      error: { code: 'instance_mismatch', details: [{ path: 'events.1.instance_id' }] },
    })
    expect(await server.storedEvents()).toHaveLength(before)
  })
})

function post(path: string, instanceId: string, body: string) {
  const headers = { authorization: `Bearer ${keys.get(instanceId)}`, 'content-type': 'application/json' }
  return server.send({ path, headers, body })
}

function codeOf({ code, error }: SingleAnswer): string | undefined {
  return typeof error === 'object' && error !== null ? error.code : code
}

function instanceOf(json: string): string {
  return String((JSON.parse(json) as { instance_id?: unknown }).instance_id).toLowerCase()
}

/** Fields that the database keeps as they are; the rest are codes, or compared under `reads_as`. */
function isStored(name: string): boolean {
  return /_tokens$|_micros$|_ms$|^context_|^retry_count$|^model$|^language$|^quality_gate_passed$/.test(name)
}

function isSameStored(sent: unknown, stored: unknown): boolean {
  return typeof sent === 'boolean' ? Number(sent) === stored : Number(sent) === stored || sent === stored
}

function* inBatches<Item>(items: readonly Item[], size: number): Generator<readonly Item[]> {
  for (let at = 0; at < items.length; at += size) yield items.slice(at, at + size)
}
