import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { RunStatus } from '@mosaicstack/telemetry-client/protocol'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

import { aRun } from '../../testing/a-run.ts'
import { toRunValues } from '../run-rows.ts'
import type { RunQuery } from '../run-store.ts'
import type { SqliteDriver } from './driver.ts'
import { migrate } from './migrate.ts'
import { openDatabase } from './open-database.ts'
import { openRunList } from './run-list.ts'
import { writerOperations } from './writer-operations.ts'

const DAY_US = 86_400_000_000
const DAYS = 20
const RUNS = 400

/** What of a run a list looks at. */
interface Listed {
  readonly runNo: number
  readonly agentName: string
  readonly jobType: string
  readonly status: RunStatus
  readonly parentRunId: string | null
  readonly createdAtUs: number
  readonly startTimeUs: number
}

const pick = <T>(items: readonly T[], index: number): T => items[index % items.length] as T

/** Runs of few moments, so that many share one; most recorded at once, some days later or before they began. */
const runs: readonly Listed[] = Array.from({ length: RUNS }, (_, index) => {
  const startTimeUs = ((index * 7) % (DAYS * 4)) * (DAY_US / 4) - DAY_US
  const skewDays = index % 9 === 0 ? (index % 5) - 2 : 0
  return {
    runNo: index + 1,
    agentName: pick(['a', 'a', 'a', 'b', 'c'], index * 3),
    jobType: pick(['j', 'k'], index >> 2),
    status: pick(Object.values(RunStatus), index * 5),
    parentRunId: index % 3 === 0 ? pick(['p', 'q'], index) : null,
    createdAtUs: startTimeUs + skewDays * DAY_US,
    startTimeUs,
  }
})

let dataDir: string
let database: SqliteDriver
beforeAll(async () => {
  dataDir = mkdtempSync(join(tmpdir(), 'run-list-'))
  database = await openDatabase(join(dataDir, 'telemetry.db'))
  migrate(database)
  const writes = runs.map((run) => ({
    kind: 'create',
    values: toRunValues({
      ...aRun({ event_id: `event-${run.runNo}`, agent_name: run.agentName, job_type: run.jobType }),
      status: run.status,
      parent_run_id: run.parentRunId,
      created_at: '2026-01-01T00:00:00Z',
    }),
    createdAtUs: run.createdAtUs,
    startTimeUs: run.startTimeUs,
    updatedAtUs: 0,
    onRepeat: 'keep',
  }))
  expect(writerOperations(database).writeRuns(JSON.stringify([writes])).kind).toBe('stored')
})
afterAll(() => {
  database.close()
  rmSync(dataDir, { recursive: true, force: true })
})

function matches(run: Listed, query: RunQuery): boolean {
  const { after } = query
  return (
    run.agentName === (query.agentName ?? run.agentName) &&
    run.status === (query.status ?? run.status) &&
    run.jobType === (query.jobType ?? run.jobType) &&
    run.parentRunId === (query.parentRunId ?? run.parentRunId) &&
    run.createdAtUs < (query.createdBeforeUs ?? Infinity) &&
    run.createdAtUs > (query.createdAfterUs ?? -Infinity) &&
    run.startTimeUs >= (query.startTimeFromUs ?? -Infinity) &&
    run.startTimeUs <= (query.startTimeToUs ?? Infinity) &&
    (after === undefined ||
      run.createdAtUs < after.createdAtUs ||
      (run.createdAtUs === after.createdAtUs && run.runNo < after.runNo))
  )
}

function modelOf(query: RunQuery): readonly number[] {
  return runs
    .filter((run) => matches(run, query))
    .sort((a, b) => b.createdAtUs - a.createdAtUs || b.runNo - a.runNo)
    .slice(query.offset, query.offset + query.limit)
    .map(({ runNo }) => runNo)
}

const sometimes = <T>(value: fc.Arbitrary<T>) => fc.option(value, { nil: undefined })
/** Moments at which runs are, and beside them. */
const moment = fc
  .tuple(fc.integer({ min: -12, max: DAYS * 4 + 8 }), fc.constantFrom(-1, 0, 1))
  .map(([quarter, beside]) => quarter * (DAY_US / 4) + beside)

const aQuery: fc.Arbitrary<RunQuery> = fc.record({
  agentName: sometimes(fc.constantFrom('a', 'b', 'c', 'nobody')),
  status: sometimes(fc.constantFrom(...Object.values(RunStatus))),
  jobType: sometimes(fc.constantFrom('j', 'k')),
  parentRunId: sometimes(fc.constantFrom('p', 'q')),
  createdBeforeUs: sometimes(moment),
  createdAfterUs: sometimes(moment),
  startTimeFromUs: sometimes(moment),
  startTimeToUs: sometimes(moment),
  after: sometimes(fc.constantFrom(...runs)),
  limit: fc.integer({ min: 1, max: 50 }),
  offset: fc.constantFrom(0, 0, 1, 30),
})

describe('a list of runs', () => {
  // The limit decides which index leads: always that of creation, one or the other, always that of start times.
  it.each([0, 40, RUNS + 1])('is what its filters say, when %i runs are few', (fewRuns) => {
    const listRuns = openRunList(database, fewRuns)

    fc.assert(
      fc.property(aQuery, (query) => {
        expect(listRuns(query).map(({ run_no: runNo }) => runNo)).toEqual(modelOf(query))
      }),
      { numRuns: 400 },
    )
  })
})
