import { describe, expect, it } from 'vitest'

import { anOtlpBatch, anOtlpRequest, keyOf } from '../testing/an-otlp-batch.ts'
import { createInstance, ENGINES } from '../testing/engines.ts'
import type { OtlpPoint, OtlpSession } from './otlp-store.ts'
import type { Store } from './store.ts'

for (const engine of ENGINES) {
  describe(`${engine.name}: what OpenTelemetry told`, () => {
    it('lists the requests of a session as they were handed in, a page at a time', async () => {
      await using database = await engine.createDatabase()
      const { store, instanceNo } = await openWithInstance(database)
      const requests = ['a', 'b', 'c'].map((id) => anOtlpRequest({ request_id: id }))
      const foreign = anOtlpRequest({ request_id: 'd', session_id: 'another' })
      await store.appendOtlp([anOtlpBatch({ instanceNo, requests: [...requests, foreign] })])

      const list = (afterPosition: number) =>
        store.listOtlpRequests({ instanceNo, sessionId: 'session', afterPosition, limit: 2 })
      const first = await list(0)
      const second = await list(first.at(-1)!.position)

      expect([...first, ...second]).toMatchObject(requests)
      expect(first).toHaveLength(2)
    })

    it('stores a request once, also where it comes again in another session, and says what was new', async () => {
      await using database = await engine.createDatabase()
      const { store, instanceNo } = await openWithInstance(database)
      const batch = anOtlpBatch({ instanceNo, requests: [anOtlpRequest({})] })
      const copy = anOtlpBatch({ instanceNo, requests: [anOtlpRequest({ session_id: 'another' })] })

      const outcome = await store.appendOtlp([batch, batch, copy])

      expect(outcome).toMatchObject({
        kind: 'stored',
        requests: [{ newRequests: 1 }, { newRequests: 0 }, { newRequests: 0 }],
      })
      expect(await session(store, instanceNo)).toMatchObject({ requests: { count: 1 } })
    })

    it('keeps the requests of instances apart', async () => {
      await using database = await engine.createDatabase()
      const { store, instanceNo } = await openWithInstance(database)
      const other = await createInstance(store, 1)
      const requests = [anOtlpRequest({})]

      await store.appendOtlp([anOtlpBatch({ instanceNo, requests })])
      await store.appendOtlp([anOtlpBatch({ instanceNo: other.instanceNo, requests })])

      expect(await session(store, instanceNo)).toMatchObject({ requests: { count: 1 } })
      expect(await session(store, other.instanceNo)).toMatchObject({ requests: { count: 1 } })
    })

    it.each([
      ['first', ['span', 'log']],
      ['last', ['log', 'span']],
    ] as const)('lets the log stand for a request whose span came %s', async (_, order) => {
      await using database = await engine.createDatabase()
      const { store, instanceNo } = await openWithInstance(database)
      const told = {
        span: anOtlpRequest({ source: 'span', cost_usd_micros: null, prompt_id: null }),
        log: anOtlpRequest({ source: 'log', cost_usd_micros: 30_177 }),
      }

      for (const source of order) {
        await store.appendOtlp([anOtlpBatch({ instanceNo, requests: [told[source]] })])
      }

      const stored = await store.listOtlpRequests({
        instanceNo,
        sessionId: 'session',
        afterPosition: 0,
        limit: 9,
      })
      expect(stored).toEqual([{ ...told.log, position: stored[0]!.position }])
    })

    it('adds up deltas whatever their order and repetition', async () => {
      await using database = await engine.createDatabase()
      const { store, instanceNo } = await openWithInstance(database)
      const deltas = [aPoint({ endUs: 20, value: 5 }), aPoint({ startUs: 20, endUs: 30, value: 7 })]

      await store.appendOtlp([anOtlpBatch({ instanceNo, points: deltas.toReversed() })])
      const again = await store.appendOtlp([anOtlpBatch({ instanceNo, points: deltas })])

      expect(await session(store, instanceNo)).toMatchObject({ totals: { input: 12 } })
      expect(again).toMatchObject({ requests: [{ newPoints: 0 }] })
    })

    it('takes the largest value of each cumulative stream, and a restart as a stream of its own', async () => {
      await using database = await engine.createDatabase()
      const { store, instanceNo } = await openWithInstance(database)
      const points = [
        aPoint({ endUs: 0, value: 12 }),
        aPoint({ endUs: 0, value: 5 }),
        aPoint({ startUs: 50, endUs: 0, value: 3 }),
        aPoint({ endUs: 0, value: 100, streamKey: keyOf('another stream') }),
      ]

      for (const point of points) await store.appendOtlp([anOtlpBatch({ instanceNo, points: [point] })])

      expect(await session(store, instanceNo)).toMatchObject({ totals: { input: 115 } })
    })

    it('sums the requests of a session and counts those without a cost', async () => {
      await using database = await engine.createDatabase()
      const { store, instanceNo } = await openWithInstance(database)
      const requests = [
        anOtlpRequest({ request_id: 'a', fresh_input_tokens: 1, cost_usd_micros: 10 }),
        anOtlpRequest({ request_id: 'b', fresh_input_tokens: 2, cost_usd_micros: null }),
      ]

      await store.appendOtlp([anOtlpBatch({ instanceNo, requests })])

      const { requests: sums } = await session(store, instanceNo)
      expect(sums).toMatchObject({ count: 2, freshInputTokens: 3, costUsdMicros: 10, withoutCost: 1 })
    })

    it('has a session open until all of its requests are settled', async () => {
      await using database = await engine.createDatabase()
      const { store, instanceNo } = await openWithInstance(database)
      const requests = ['a', 'b'].map((id) => anOtlpRequest({ request_id: id }))
      await store.appendOtlp([anOtlpBatch({ instanceNo, requests, heardAtMs: 77 })])

      const [open] = await openSessions(store)
      const work = await store.otlpSessionWork(open!.sessionNo)
      await store.settleOtlp({
        sessionNo: open!.sessionNo,
        positions: [work.requests[0]!.position],
        promptIds: ['prompt'],
      })
      const left = await store.otlpSessionWork(open!.sessionNo)
      await store.settleOtlp({
        sessionNo: open!.sessionNo,
        positions: [left.requests[0]!.position],
        promptIds: [],
      })

      expect(open).toMatchObject({ sessionId: 'session', instanceNo, heardAtMs: 77 })
      expect(left.requests.map((request) => request.request_id)).toEqual(['b'])
      expect(left.settledPromptIds).toEqual(['prompt'])
      expect(await openSessions(store)).toEqual([])
    })

    it('does not offer a claimed session before its claim ends, nor one without an id ever', async () => {
      await using database = await engine.createDatabase()
      const { store, instanceNo } = await openWithInstance(database)
      await store.claimOtlpSession({ instanceNo, sessionId: 'session' }, 1000)
      await store.claimOtlpSession({ instanceNo, sessionId: 'session' }, 500)
      const requests = [anOtlpRequest({}), anOtlpRequest({ request_id: 'b', session_id: null })]
      await store.appendOtlp([anOtlpBatch({ instanceNo, requests })])

      const before = await openSessions(store, 999)
      const after = await openSessions(store, 1000)

      expect(before).toEqual([])
      expect(after.map(({ sessionId }) => sessionId)).toEqual(['session'])
    })

    it('keeps marks once, in the order in which they happened', async () => {
      await using database = await engine.createDatabase()
      const { store, instanceNo } = await openWithInstance(database)
      const mark = {
        sessionId: 'session',
        kind: 'prompt',
        promptId: 'prompt',
        atMs: 20,
        sequence: 4,
      } as const
      const error = { ...mark, kind: 'api_error', promptId: null, atMs: 10 } as const
      const batch = anOtlpBatch({ instanceNo, marks: [mark, error], requests: [anOtlpRequest({})] })

      await store.appendOtlp([batch])
      const again = await store.appendOtlp([batch])

      const [open] = await openSessions(store)
      const { marks } = await store.otlpSessionWork(open!.sessionNo)
      expect(marks).toMatchObject([error, mark])
      expect(again).toMatchObject({ requests: [{ newMarks: 0 }] })
    })
  })
}

async function openWithInstance(database: { open(): Promise<Store> }) {
  const store = await database.open()
  const { instanceNo } = await createInstance(store, 0)
  return { store, instanceNo }
}

async function session(store: Store, instanceNo: number): Promise<OtlpSession> {
  const [found] = await store.listOtlpSessions({
    instanceNo,
    sessionId: 'session',
    afterSessionNo: 0,
    limit: 1,
  })
  return found!
}

function openSessions(store: Store, nowMs = 0) {
  return store.openOtlpSessions({ nowMs, afterSessionNo: 0, limit: 10 })
}

function aPoint(fields: Partial<OtlpPoint>): OtlpPoint {
  return {
    sessionId: 'session',
    type: 'input',
    streamKey: keyOf('stream'),
    startUs: 10,
    endUs: 20,
    value: 1,
    ...fields,
  }
}
