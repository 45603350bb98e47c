import fc from 'fast-check'
import { describe, expect, it } from 'vitest'

import type { TaskCompletionEvent } from './protocol/index.ts'
import { TelemetryClient } from './telemetry-client.ts'
import { aClient } from './testing/a-client.ts'
import { anEvent } from './testing/an-event.ts'
import { startTestServer } from './testing/test-server.ts'

const NOWHERE = 'http://127.0.0.1:9'

describe('track()', () => {
  it('takes a snapshot: what happens to the event afterwards has no effect', async () => {
    await using server = await startTestServer()
    await using observed = aClient(server.url)
    const gates: TaskCompletionEvent['quality_gates_run'] & unknown[] = ['build']
    const event = anEvent({ quality_gates_run: gates })

    observed.client.track(event)
    event.model = 'changed'
    gates.push('lint')
    await observed.client.flush()

    const [sent] = [...server.stored.values()]
    expect(sent).toMatchObject({ model: 'claude-sonnet-4-5-20250929', quality_gates_run: ['build'] })
  })

  it('fills in id, time and schema, so that a retry repeats them', async () => {
    await using server = await startTestServer()
    await using observed = aClient(server.url)
    server.next({ status: 500 })

    observed.client.track(anEvent())
    await observed.client.flush()
    await observed.client.flush()

    const [first, second] = server.requests.map(({ body }) => body.events?.[0])
    expect(first).toEqual(second)
    expect(first?.event_id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7/)
    expect(first?.schema_version).toBe('1.0')
    expect(Date.parse(first?.timestamp ?? '')).toBeCloseTo(Date.now(), -4)
  })

  it('sends the known fields and nothing else', async () => {
    await using server = await startTestServer()
    await using observed = aClient(server.url)

    observed.client.track({ ...anEvent(), prompt: 'secret' } as TaskCompletionEvent)
    await observed.client.flush()

    expect(JSON.stringify(server.requests[0]?.body)).not.toContain('secret')
    expect(server.stored.size).toBe(1)
  })

  it('refuses an invalid event with the names of the fields', () => {
    const { client, errors } = aClient(NOWHERE)

    client.track(anEvent({ task_duration_ms: -1, model: '' }))

    expect(errors).toEqual([
      'event refused: task_duration_ms: must be >= 0; model: must have at least 1 character',
    ])
    expect(client.stats.lost.invalid).toBe(1)
  })

  it('refuses an event of another instance, which would cost its whole batch a 403', () => {
    const { client, errors } = aClient(NOWHERE)

    client.track(anEvent({ instance_id: '00000000-0000-4000-8000-000000000000' }))
    client.track(anEvent({ instance_id: anEvent().instance_id.toUpperCase() }))

    expect(client.stats.lost.foreign_instance).toBe(1)
    expect(client.queueSize).toBe(1)
    expect(errors[0]).toContain('instance_id')
  })

  it('collapses repeated gates and is not held up by an endless list of them', () => {
    const { client } = aClient(NOWHERE)
    const endless = new Proxy([] as never[], {
      get: (_list, key) => (key === 'length' ? 2 ** 32 - 1 : 'build'),
    })

    client.track(anEvent({ quality_gates_run: endless }))

    expect(client.queueSize).toBe(1)
  })

  it('takes no event that is larger than 2 KB, so maxQueueSize bounds the bytes in memory too', async () => {
    await using server = await startTestServer()
    await using observed = aClient(server.url)
    const gates = ['build', 'lint', 'test', 'coverage', 'typecheck', 'security'] as const
    const largest = anEvent({
      event_id: '01890a5d-ac96-774b-bcce-b302099a8057',
      model: '\u{1f600}'.repeat(100),
      language: '\u0001'.repeat(30),
      quality_gates_run: gates,
      quality_gates_failed: gates,
      context_utilization_final: 1 / 3,
    })

    observed.client.track(largest)
    await observed.client.flush()

    const [stored] = [...server.stored.values()]
    expect(stored).toMatchObject({ model: largest.model, language: largest.language })
    expect(Buffer.byteLength(JSON.stringify(stored))).toBeLessThan(2048)
  })

  it('never throws and keeps its books, whatever it is given', () => {
    const { client } = aClient(NOWHERE)
    const cycle: Record<string, unknown> = {}
    cycle['self'] = cycle
    const hostile = fc.oneof(
      fc.anything({ withBigInt: true, withNullPrototype: true, withSparseArray: true, withTypedArray: true }),
      fc.constantFrom<unknown>(
        null,
        undefined,
        cycle,
        1n,
        Symbol('event'),
        Object.freeze(anEvent()),
        new Proxy(
          {},
          {
            get: () => {
              throw new Error('no')
            },
          },
        ),
        new Proxy(
          {},
          {
            get: () => {
              throw Object.create(null)
            },
          },
        ),
        {
          get model() {
            throw undefined
          },
        },
      ),
      fc
        .dictionary(fc.constantFrom(...Object.keys(anEvent())), fc.anything())
        .map((odd) => Object.assign(anEvent(), odd)),
    )

    fc.assert(
      fc.property(hostile, (thing) => {
        client.track(thing as TaskCompletionEvent)
      }),
      { numRuns: 2000 },
    )

    const { lost, tracked } = client.stats
    expect(tracked).toBe(2000)
    expect(lost.invalid + lost.foreign_instance + lost.evicted + client.queueSize).toBe(2000)
  })

  it('survives an onError that throws, rejects or tracks again', async () => {
    const config = { serverUrl: NOWHERE, apiKey: 'a'.repeat(64), instanceId: anEvent().instance_id }
    let calls = 0
    const again: TelemetryClient = new TelemetryClient({
      ...config,
      onError: () => {
        calls++
        again.track(null as never)
        throw new Error('onError is broken')
      },
    })
    const rejecting = new TelemetryClient({
      ...config,
      onError: async () => Promise.reject(new Error('broken')),
    })

    again.track(null as never)
    rejecting.track(null as never)
    await new Promise(setImmediate) // an unhandled rejection would fail the run here

    expect(calls).toBe(1)
    expect(again.stats.lost.invalid).toBe(2)
  })

  it('counts what a client loses that is not configured, and says why', () => {
    const errors: string[] = []
    const client = new TelemetryClient({ onError: ({ message }) => errors.push(message) })

    for (let count = 0; count < 3; count++) client.track(anEvent())

    expect(client.stats.lost.unconfigured).toBe(3)
    expect(errors).toHaveLength(2)
    expect(errors[0]).toContain('serverUrl: is required (or set MOSAIC_TELEMETRY_SERVER_URL)')
  })
})
