import { type Json, RunStatus } from '@mosaicstack/telemetry-client/protocol'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'

import { aRun } from '../testing/a-run.ts'
import { ENGINES } from '../testing/engines.ts'
import { type RunFields, toRunValues } from './run-rows.ts'
import type { RunQuery, RunWrite, RunWriteResult } from './run-store.ts'
import type { Store } from './store.ts'

for (const engine of ENGINES) {
  describe(`${engine.name}: writeRuns`, () => {
    it('stores a run as it was written, with its defaults', async () => {
      await using database = await engine.createDatabase()
      const store = await database.open()
      const fields = {
        agent_name: 'ä/β',
        items_failed: 3,
        metrics_json: { a: ['\u0001', '"'] },
        end_time: null,
      }

      const results = await write(store, create('a', fields))

      expect(results).toEqual([{ kind: 'created' }])
      expect(await store.findRun('a')).toMatchObject({
        event_id: 'a',
        agent_name: 'ä/β',
        status: 'running',
        items_failed: 3,
        items_succeeded: 0,
        metrics_json: '{"a":["\\u0001","\\""]}',
        end_time: null,
        api_posted: 0,
        created_at_us: 5,
        updated_at_us: 7,
      })
    })

    it('tells what became of each write, in the order of the requests', async () => {
      await using database = await engine.createDatabase()
      const store = await database.open()

      const outcome = await store.writeRuns([
        [create('a'), create('b'), create('a')],
        [change('b', { status: 'success' }), change('c', {}), timeline('b', ['x'])],
        [create('c'), timeline('d', ['x']), expire(100)],
      ])

      expect(outcome).toEqual({
        kind: 'stored',
        requests: [
          [{ kind: 'created' }, { kind: 'created' }, { kind: 'repeated' }],
          [{ kind: 'changed' }, { kind: 'unknown_run' }, { kind: 'changed' }],
          [{ kind: 'created' }, { kind: 'unknown_run' }, { kind: 'expired', runs: 2 }],
        ],
      })
    })

    it('stores nothing of a group when one of its writes fails', async () => {
      await using database = await engine.createDatabase()
      const store = await database.open()

      const outcome = await store.writeRuns([[create('a')], [create('b', { run_id: null })]])
      const next = await write(store, create('a'))

      expect(outcome.kind).toBe('unavailable')
      expect(next).toEqual([{ kind: 'created' }])
      expect(await store.countRuns(0)).toMatchObject({ total: 1 })
    })

    it('takes a parent whose id is longer than an index takes', async () => {
      await using database = await engine.createDatabase()
      const store = await database.open()
      const parentRunId = 'p'.repeat(10_000)

      await write(store, create('a', { parent_run_id: parentRunId }), create('b', { parent_run_id: 'p' }))

      const found = await store.listRuns({ parentRunId, limit: 10, offset: 0 })
      expect(found.map(({ event_id: id }) => id)).toEqual(['a'])
    })

    it('keeps an entry of the timeline once, and all of them in the order in which they happened', async () => {
      await using database = await engine.createDatabase()
      const store = await database.open()
      await write(store, create('a'))

      await write(store, timeline('a', ['3', '1']), timeline('a', ['1', '2']))

      const entries = await store.listRunEvents('a')
      expect(entries?.map(({ eventId }) => eventId)).toEqual(['1', '2', '3'])
      expect(await store.listRunEvents('b')).toBeUndefined()
    })

    it('counts runs by agent and job, in the order of their bytes', async () => {
      await using database = await engine.createDatabase()
      const store = await database.open()
      const agents = ['b', 'B', 'ä', 'b']

      await write(store, ...agents.map((agent_name, index) => create(`${index}`, { agent_name })))

      expect(await store.countRuns(4)).toEqual({
        total: 4,
        recent: 4,
        byAgentAndJobType: ['B', 'b', 'ä'].map((agentName) => ({
          agentName,
          jobType: 'nightly',
          runs: agentName === 'b' ? 2 : 1,
        })),
      })
      expect(await store.countRuns(5)).toMatchObject({ recent: 0 })
    })
  })
}

it('makes the same of any writes and answers any list alike, whatever the engine', async () => {
  const stores: Store[] = []
  await using databases = await everyEngine()
  for (const database of databases.all) stores.push(await database.open())

  await fc.assert(
    fc.asyncProperty(
      fc.array(someWrites, { maxLength: 6 }),
      fc.array(someQuery, { minLength: 5 }),
      async (groups, queries) => {
        for (const group of groups) {
          const [first, ...others] = await Promise.all(stores.map((store) => store.writeRuns(group)))
          for (const other of others) expect(other).toEqual(first)
        }
        for (const query of [...queries, { limit: 1000, offset: 0 }]) {
          const [first, ...others] = await Promise.all(stores.map((store) => listed(store, query)))
          for (const other of others) expect(other).toEqual(first)
        }
        for (const id of IDS) {
          const [first, ...others] = await Promise.all(stores.map((store) => store.listRunEvents(id)))
          for (const other of others) expect(other).toEqual(first)
        }
      },
    ),
    { numRuns: 40 },
  )
})

const IDS = ['a', 'b', 'c', 'd', 'e']

const sometimes = <T>(value: fc.Arbitrary<T>) => fc.option(value, { nil: undefined })
const moment = fc.integer({ min: 1, max: 9 })
const someFields: fc.Arbitrary<RunFields> = fc.record({
  status: sometimes(fc.constantFrom(...Object.values(RunStatus))),
  end_time: sometimes(fc.constantFrom('2026-11-21T13:00:00Z', '2026-11-21T14:00:00Z')),
  items_failed: sometimes(fc.nat(3)),
  error_summary: sometimes(fc.constantFrom('one', 'two')),
  parent_run_id: sometimes(fc.constantFrom('p', 'q')),
  api_posted: sometimes(fc.boolean()),
  git_commit_hash: sometimes(fc.constantFrom('abcdef1', 'abcdef2')),
  git_commit_author: sometimes(fc.constantFrom('x', 'y')),
  context_json: sometimes(fc.jsonValue() as fc.Arbitrary<Json>),
})
const id = fc.constantFrom(...IDS)
const someWrite: fc.Arbitrary<RunWrite> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.tuple(id, someFields, moment, moment, fc.constantFrom('keep', 'merge')).map(aCreate),
  },
  { weight: 3, arbitrary: fc.tuple(id, someFields, fc.boolean(), moment).map(aChange) },
  {
    weight: 1,
    arbitrary: fc.tuple(id, fc.array(fc.constantFrom('1', '2', '3'))).map(([of, ids]) => timeline(of, ids)),
  },
  { weight: 1, arbitrary: moment.map((us) => expire(us)) },
)
/** The writes of several requests. */
const someWrites = fc.array(fc.array(someWrite, { maxLength: 5 }), { minLength: 1, maxLength: 3 })

const someQuery: fc.Arbitrary<RunQuery> = fc.record({
  agentName: sometimes(fc.constantFrom('scanner', 'nobody')),
  status: sometimes(fc.constantFrom(...Object.values(RunStatus))),
  jobType: sometimes(fc.constantFrom('nightly', 'none')),
  parentRunId: sometimes(fc.constantFrom('p', 'q')),
  createdBeforeUs: sometimes(moment),
  createdAfterUs: sometimes(moment),
  startTimeFromUs: sometimes(moment),
  startTimeToUs: sometimes(moment),
  limit: fc.integer({ min: 1, max: 4 }),
  offset: fc.constantFrom(0, 0, 1),
})

function aCreate([of, fields, createdAtUs, startTimeUs, onRepeat]: readonly [
  string,
  RunFields,
  number,
  number,
  string,
]): RunWrite {
  return { ...create(of, fields), createdAtUs, startTimeUs, onRepeat: onRepeat as 'keep' | 'merge' }
}

function aChange([of, fields, isCommit, updatedAtUs]: readonly [
  string,
  RunFields,
  boolean,
  number,
]): RunWrite {
  return { ...change(of, fields), isCommit, updatedAtUs }
}

/** A page, and what follows its last run. Numbers of runs are each engine's own. */
async function listed(store: Store, query: RunQuery) {
  const page = await store.listRuns(query)
  const last = page.at(-1)
  const after = last && { createdAtUs: last.created_at_us, runNo: last.run_no }
  return [page, after === undefined ? [] : await store.listRuns({ ...query, after })].map((runs) =>
    runs.map((run) => ({ ...run, run_no: 0 })),
  )
}

async function everyEngine() {
  const all = await Promise.all(ENGINES.map((engine) => engine.createDatabase()))
  return {
    all,
    async [Symbol.asyncDispose]() {
      for (const database of all) await database[Symbol.asyncDispose]()
    },
  }
}

async function write(store: Store, ...writes: readonly RunWrite[]): Promise<readonly RunWriteResult[]> {
  const outcome = await store.writeRuns([writes])
  if (outcome.kind !== 'stored') throw new Error(outcome.cause)
  return outcome.requests[0]!
}

function create(eventId: string, fields: RunFields = {}): Extract<RunWrite, { kind: 'create' }> {
  const run = aRun({ event_id: eventId, created_at: '2026-11-21T12:00:00Z' })
  return {
    kind: 'create',
    values: toRunValues({ ...run, ...fields } as RunFields),
    createdAtUs: 5,
    startTimeUs: 6,
    updatedAtUs: 7,
    onRepeat: 'keep',
  }
}

function change(eventId: string, fields: RunFields): Extract<RunWrite, { kind: 'change' }> {
  return {
    kind: 'change',
    eventId,
    values: toRunValues({ ...fields, event_id: eventId }),
    isCommit: false,
    updatedAtUs: 8,
  }
}

function timeline(eventId: string, entryIds: readonly string[]): RunWrite {
  const events = entryIds.map((entryId) => ({
    eventId: entryId,
    eventType: 'step',
    timestamp: `2026-11-21T12:00:0${entryId}Z`,
    timestampUs: entryId.charCodeAt(0),
    payload: '{"a":"\\u0000"}',
  }))
  return { kind: 'timeline', eventId, events, updatedAtUs: 9 }
}

function expire(silentSinceUs: number): RunWrite {
  return {
    kind: 'expire',
    silentSinceUs,
    endTime: '2026-11-21T15:00:00Z',
    errorSummary: 'presumed dead',
    updatedAtUs: 10,
  }
}
