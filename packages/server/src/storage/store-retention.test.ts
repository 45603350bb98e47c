import { describe, expect, it } from 'vitest'

import { countPrunable, prune } from '../operations/prune.ts'
import { aRun } from '../testing/a-run.ts'
import { eventId, rowsOf } from '../testing/an-event.ts'
import { DAY_MS, NOW_MS } from '../testing/an-observation.ts'
import { anOtlpBatch, anOtlpRequest, keyOf } from '../testing/an-otlp-batch.ts'
import { createInstance, ENGINES } from '../testing/engines.ts'
import type { OtlpBatch } from './otlp-store.ts'
import { toRunValues } from './run-rows.ts'
import type { RunWrite } from './run-store.ts'
import { AppendedRow, type AppendOutcome, type Instance, type Store } from './store.ts'

const OLD_MS = NOW_MS - 10 * DAY_MS
const CUTOFF_MS = NOW_MS - 5 * DAY_MS

for (const engine of ENGINES) {
  describe(`${engine.name}: prune`, () => {
    it('deletes the events received before a moment and no others, whatever the order of arrival', async () => {
      await using database = await engine.createDatabase()
      const store = await database.open()
      const sender = await createInstance(store, 0)
      await store.appendEvents([rowsOf(sender, numbers(0, 1500), {}, NOW_MS)])
      await store.appendEvents([rowsOf(sender, numbers(1500, 5000), {}, OLD_MS)])
      await store.appendEvents([rowsOf(sender, [5000], {}, CUTOFF_MS), rowsOf(sender, [5001], {}, NOW_MS)])

      const due = await countPrunable(store, { events: CUTOFF_MS })
      const deleted = await prune(store, { events: CUTOFF_MS })

      expect(due).toEqual({ events: 3500, runs: 0, otlp: 0 })
      expect(deleted).toEqual(due)
      expect(await inputTokens(store)).toEqual([...numbers(0, 1500), 5000, 5001])
    })

    it('still knows a pruned event, also as a new process, also beside new ones', async () => {
      await using database = await engine.createDatabase()
      const store = await database.open()
      const [sender, other] = [await createInstance(store, 0), await createInstance(store, 1)]
      await store.appendEvents([rowsOf(sender, [1, 2], {}, OLD_MS), rowsOf(sender, [3], {}, NOW_MS)])
      await prune(store, { events: CUTOFF_MS })

      const again = [rowsOf(sender, [1, 2, 3, 4], {}, NOW_MS), rowsOf(other, [1], {}, NOW_MS)]
      const outcomes = [
        await store.appendEvents(again),
        await (await database.open()).appendEvents(again),
      ].map(fates)

      const { STORED, STORED_BEFORE } = AppendedRow
      expect(outcomes).toEqual([
        [[STORED_BEFORE, STORED_BEFORE, STORED_BEFORE, STORED], [STORED]],
        [Array.from({ length: 4 }, () => STORED_BEFORE), [STORED_BEFORE]],
      ])
      expect(await store.countEvents()).toBe(3)
    })

    it('stores no event a second time that is sent again while it is pruned', async () => {
      await using database = await engine.createDatabase()
      const [store, elsewhere] = [await database.open(), await database.open()]
      const sender = await createInstance(store, 0)
      const rows = numbers(0, 16).map((part) =>
        rowsOf(sender, numbers(part * 250, part * 250 + 250), {}, OLD_MS),
      )
      await store.appendEvents(rows)
      const ended = new AbortController()

      const pruning = prune(elsewhere, { events: CUTOFF_MS }).finally(() => ended.abort())
      const resent: number[] = []
      for (let part = 0; !ended.signal.aborted; part = (part + 7) % rows.length) {
        for (const fate of fates(await store.appendEvents([rows[part]!])).flat()) resent.push(fate)
      }
      const deleted = await pruning

      expect(deleted.events).toBe(4000)
      expect(resent.length).toBeGreaterThan(250)
      expect(new Set(resent)).toEqual(new Set([AppendedRow.STORED_BEFORE]))
      expect(await store.countEvents()).toBe(0)
    })

    it('gives no position again after the newest event was pruned', async () => {
      await using database = await engine.createDatabase()
      const store = await database.open()
      const sender = await createInstance(store, 0)
      const before = await store.appendEvents([rowsOf(sender, numbers(0, 5), {}, OLD_MS)])
      await prune(store, { events: CUTOFF_MS })
      await store.close()

      const after = await (await database.open()).appendEvents([rowsOf(sender, [9], {}, NOW_MS)])

      expect(positionOf(after)).toBeGreaterThan(positionOf(before))
    })

    it('forgets with an instance what was kept of its pruned events', async () => {
      await using database = await engine.createDatabase()
      const store = await database.open()
      const sender = await createInstance(store, 0)
      await store.appendEvents([rowsOf(sender, [1], {}, OLD_MS)])
      await prune(store, { events: CUTOFF_MS })

      await store.deleteInstance(sender.instanceId, NOW_MS)

      expect(fates(await store.appendEvents([rowsOf(sender, [1])]))).toEqual([[AppendedRow.INSTANCE_DELETED]])
    })

    it('deletes ended runs of which nothing was heard, with their timelines, and keeps the counts right', async () => {
      await using database = await engine.createDatabase()
      const store = await database.open()
      const ended = numbers(0, 250).map((number) => aCreation(`old-${number}`, 'success', OLD_MS))
      await store.writeRuns([
        ended,
        [aCreation('running', 'running', OLD_MS), aCreation('new', 'success', NOW_MS)],
        [aCreation('spoke', 'success', OLD_MS), aTimeline('spoke', NOW_MS), aTimeline('old-7', OLD_MS)],
      ])

      const due = await countPrunable(store, { runs: CUTOFF_MS })
      const deleted = await prune(store, { runs: CUTOFF_MS })

      expect([due.runs, deleted.runs]).toEqual([250, 250])
      const left = await store.listRuns({ limit: 1000, offset: 0 })
      expect(left.map(({ event_id: id }) => id).sort()).toEqual(['new', 'running', 'spoke'])
      expect(await store.listRunEvents('old-7')).toBeUndefined()
      expect(await store.listRunEvents('spoke')).toHaveLength(1)
      expect((await store.countRuns(0)).total).toBe(3)
    })

    it('deletes silent sessions of OpenTelemetry as a whole, and keeps what no task was made of', async () => {
      await using database = await engine.createDatabase()
      const store = await database.open()
      const { instanceNo } = await createInstance(store, 0)
      await store.appendOtlp([
        ...numbers(0, 25).map((number) => aSession(instanceNo, `silent-${number}`, OLD_MS)),
        aSession(instanceNo, 'open', OLD_MS),
        aSession(instanceNo, 'claimed', OLD_MS),
        aSession(instanceNo, 'spoke', OLD_MS),
        aSession(instanceNo, 'spoke', NOW_MS),
      ])
      await store.claimOtlpSession({ instanceNo, sessionId: 'claimed' }, NOW_MS)
      await settleAllBut(store, 'open', instanceNo)

      const due = await countPrunable(store, { otlp: CUTOFF_MS })
      const deleted = await prune(store, { otlp: CUTOFF_MS })

      expect([due.otlp, deleted.otlp]).toEqual([75, 75])
      const left = await store.listOtlpSessions({ instanceNo, afterSessionNo: 0, limit: 100 })
      expect(left.map(({ sessionId }) => sessionId).sort()).toEqual(['claimed', 'open', 'spoke'])
      expect(left.map(({ requests, totals }) => [requests.count, totals.input])).toEqual(
        Array.from({ length: 3 }, () => [1, 5]),
      )
    })

    it('deletes what belongs to no session by its own time', async () => {
      await using database = await engine.createDatabase()
      const store = await database.open()
      const { instanceNo } = await createInstance(store, 0)
      const many = numbers(0, 1200).map((number) => aRequestApart(`old-${number}`, OLD_MS))
      const requests = [...many, aRequestApart('new', NOW_MS)]
      const batch = anOtlpBatch({ instanceNo, heardAtMs: NOW_MS, requests })
      await store.appendOtlp([batch])

      const deleted = await prune(store, { otlp: CUTOFF_MS })

      expect(deleted.otlp).toBe(1200)
      const [session] = await store.listOtlpSessions({ instanceNo, afterSessionNo: 0, limit: 100 })
      expect(session?.requests.count).toBe(1)
    })
  })
}

function numbers(from: number, to: number): number[] {
  return Array.from({ length: to - from }, (_, index) => from + index)
}

function fates(outcome: AppendOutcome): number[][] {
  if (outcome.kind !== 'stored') throw new Error(outcome.cause)
  return outcome.requests.map((appended) => [...appended])
}

function positionOf(outcome: AppendOutcome): number {
  return outcome.kind === 'stored' ? outcome.position : Number.NaN
}

/** The numbers of the events that are stored, in order. */
async function inputTokens(store: Store): Promise<number[]> {
  const found = await store.observationsAfter(0, 100_000)
  return found.map((observation) => observation.inputTokens).sort((a, b) => a - b)
}

function aCreation(id: string, status: 'success' | 'running', atMs: number): RunWrite {
  const at = new Date(atMs).toISOString()
  const values = toRunValues(aRun({ event_id: id, status, created_at: at, start_time: at }))
  const atUs = atMs * 1000
  return { kind: 'create', values, createdAtUs: atUs, startTimeUs: atUs, updatedAtUs: atUs, onRepeat: 'keep' }
}

function aTimeline(runEventId: string, atMs: number): RunWrite {
  const timestamp = new Date(atMs).toISOString()
  const event = { eventId: eventId(1), eventType: 'step', timestamp, timestampUs: atMs * 1000, payload: null }
  return { kind: 'timeline', eventId: runEventId, events: [event], updatedAtUs: atMs * 1000 }
}

/** A session with a request, a mark and a metric point. */
function aSession(instanceNo: number, sessionId: string, heardAtMs: number): OtlpBatch {
  return anOtlpBatch({
    instanceNo,
    heardAtMs,
    requests: [anOtlpRequest({ session_id: sessionId, request_id: sessionId })],
    marks: [{ sessionId, kind: 'prompt', promptId: 'prompt', atMs: OLD_MS, sequence: 1 }],
    points: [
      { sessionId, type: 'input', streamKey: keyOf(sessionId), startUs: 0, endUs: OLD_MS * 1000, value: 5 },
    ],
  })
}

function aRequestApart(id: string, atMs: number) {
  return anOtlpRequest({ request_id: id, session_id: null, ended_at: new Date(atMs).toISOString() })
}

async function settleAllBut(store: Store, sessionId: string, instanceNo: Instance['instanceNo']) {
  const sessions = await store.listOtlpSessions({ instanceNo, afterSessionNo: 0, limit: 100 })
  for (const session of sessions.filter((each) => each.sessionId !== sessionId)) {
    const { requests } = await store.otlpSessionWork(session.sessionNo)
    const positions = requests.map(({ position }) => position)
    await store.settleOtlp({ sessionNo: session.sessionNo, positions, promptIds: ['prompt'] })
  }
}
