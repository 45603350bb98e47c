import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

import { aRunServer, type RunServer } from '../../packages/server/src/testing/a-run-server.ts'
import { aRun } from '../../packages/server/src/testing/a-run.ts'

let server: RunServer
beforeAll(async () => {
  server = await aRunServer()
})
afterAll(async () => {
  await server[Symbol.asyncDispose]()
})

type Fields = Record<string, unknown>

/** One request: a batch of writes of one run, or the naming of its commit. */
type Step =
  | { readonly kind: 'batch'; readonly writes: readonly Fields[] }
  | { readonly kind: 'commit'; readonly hash: string }

const ENDS: Readonly<Record<string, string>> = {
  success: 'success',
  completed: 'success',
  succeeded: 'success',
  failure: 'failure',
  failed: 'failure',
  partial: 'partial',
  timeout: 'timeout',
  cancelled: 'cancelled',
}
const IMMUTABLE = ['run_id', 'agent_name', 'job_type', 'start_time', 'created_at']
const COUNTS = ['items_failed', 'duration_ms']
const FLAGS = ['api_posted']
const VALUES = [
  'host',
  'error_summary',
  'end_time',
  'git_commit_hash',
  'git_commit_source',
  'metrics_json',
  'parent_run_id',
]

/** The rules, written a second time: what a run is after a write. */
function merged(run: Fields | undefined, write: Fields): Fields {
  const status = ENDS[String(write['status'])] ?? 'running'
  const isEarly = status === 'running'
  const known: Fields = run ?? { status }
  const result: Fields = { status: isEarly ? known['status'] : status }
  for (const name of IMMUTABLE) result[name] = run === undefined ? write[name] : known[name]
  for (const [names, silence] of [
    [COUNTS, 0],
    [FLAGS, false],
    [VALUES, null],
  ] as const) {
    for (const name of names) {
      const there = known[name] ?? silence
      const said = write[name] ?? silence
      result[name] = said === silence || (isEarly && there !== silence) ? there : said
    }
  }
  return result
}

const maybe = <T>(value: fc.Arbitrary<T>) => fc.option(fc.option(value, { nil: null }), { nil: undefined })
const time = fc.constantFrom('2026-11-21T12:01:00Z', '2026-11-21T12:02:00+00:00')
const word = fc.constantFrom('', 'one', 'two')

const aWrite: fc.Arbitrary<Fields> = fc.record({
  status: maybe(fc.constantFrom('running', ...Object.keys(ENDS))),
  agent_name: fc.constantFrom('first', 'second'),
  start_time: time,
  created_at: time,
  items_failed: maybe(fc.nat(2)),
  duration_ms: maybe(fc.nat(2)),
  api_posted: maybe(fc.boolean()),
  host: maybe(word),
  error_summary: maybe(word),
  end_time: maybe(time),
  git_commit_hash: maybe(fc.constantFrom('aaaaaaa', 'bbbbbbb')),
  git_commit_source: maybe(fc.constantFrom('llm', 'ci')),
  metrics_json: maybe(fc.constantFrom({ pages: 1 }, [2], 3)),
  parent_run_id: maybe(word),
})

const aStep: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constant('batch' as const),
      writes: fc.array(aWrite, { minLength: 1, maxLength: 4 }),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant('commit' as const),
      hash: fc.constantFrom('ccccccc', 'ddddddd'),
    }),
  },
)

let runs = 0

/** Carries out steps on a run of their own and reads it back; undefined where none was created. */
async function carryOut(steps: readonly Step[]): Promise<Fields | undefined> {
  const eventId = `merged-${runs++}`
  for (const step of steps) {
    if (step.kind === 'commit') {
      const commit = { commit_hash: step.hash, commit_source: 'manual' }
      await server.post(`/api/v1/runs/${eventId}/associate-commit`, commit)
    } else {
      const answer = await server.post(
        '/api/v1/runs/batch',
        step.writes.map((write) => aRun({ ...write, event_id: eventId })),
      )
      expect(answer.body.errors).toEqual([])
    }
  }
  const answer = await server.get(`/api/v1/runs/${eventId}`)
  return answer.status === 404 ? undefined : answer.body
}

function modelOf(steps: readonly Step[]): Fields | undefined {
  let run: Fields | undefined
  for (const step of steps) {
    if (step.kind === 'batch') for (const write of step.writes) run = merged(run, { ...aRun(write) })
    else if (run !== undefined) run = { ...run, git_commit_hash: step.hash, git_commit_source: 'manual' }
  }
  return run
}

function batch(writes: readonly object[]): Step {
  return { kind: 'batch', writes: writes.map((write) => ({ ...write })) }
}

const start = aRun({
  created_at: '2026-11-21T12:00:00Z',
  host: 'build-7',
  items_discovered: 9,
  items_failed: 1,
})
const end = {
  ...start,
  status: 'failed',
  items_failed: 4,
  end_time: '2026-11-21T12:05:00Z',
  error_summary: 'four failed',
}

/** The start and the end of one run, each at least once, in any order. */
const startsAndEnds = fc
  .array(fc.constantFrom(start, end), { maxLength: 6 })
  .chain((more) => fc.shuffledSubarray([start, end, ...more], { minLength: more.length + 2 }))

describe('writes of one run', () => {
  it('leave what the rules say, in any order and however often they are repeated', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(aStep, { minLength: 1, maxLength: 6 }), async (steps) => {
        const stored = await carryOut(steps)

        const expected = modelOf(steps)
        if (expected === undefined) expect(stored).toBeUndefined()
        else expect(stored).toMatchObject(expected)
      }),
      { numRuns: 150 },
    )
  })

  it('leave the same run whether its start comes before its end, after it or both', async () => {
    const { event_id: _, ...expected } = { ...start, ...end, status: 'failure' }
    await fc.assert(
      fc.asyncProperty(startsAndEnds, fc.boolean(), async (writes, isOneBatch) => {
        const stored = await carryOut(isOneBatch ? [batch(writes)] : writes.map((write) => batch([write])))

        expect(stored).toMatchObject(expected)
      }),
      { numRuns: 40 },
    )
  })

  it('never take away a commit that was associated after the end', async () => {
    const repeats = fc.array(fc.constantFrom(start, end), { minLength: 1, maxLength: 4 })
    const commit: Step = { kind: 'commit', hash: 'abcdef1' }
    await fc.assert(
      fc.asyncProperty(startsAndEnds, repeats, async (before, after) => {
        const stored = await carryOut([batch(before), commit, batch(after)])

        expect(stored).toMatchObject({
          git_commit_hash: 'abcdef1',
          git_commit_source: 'manual',
          status: 'failure',
        })
      }),
      { numRuns: 40 },
    )
  })
})
