import type { SyncReport } from '@mosaicstack/telemetry-client/runs'
import fc from 'fast-check'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

import { readJournal } from '../../packages/client/src/testing/a-run-client.ts'
import { aServer, type ReachableServer } from './a-server.ts'
import { type Agent, startAgent } from './an-agent.ts'

/** What can happen, in any order. `run` picks one of the runs that there are by then. */
type Step =
  | { readonly kind: 'start' | 'kill' | 'cut' | 'mend' | 'pause' }
  | { readonly kind: 'end'; readonly run: number; readonly status: 'success' | 'partial' | 'cancelled' }
  | { readonly kind: 'commit' | 'event'; readonly run: number }

/** What a run must read in the end. */
interface Expected {
  status: string
  commit: string | null
  readonly events: string[]
  /** Under way in the process that lives now. */
  isActive: boolean
}

const INTERLEAVINGS = 100
const SEED = 20_261_121

const anyRun = fc.nat(9)
const anyStep: fc.Arbitrary<Step> = fc.oneof(
  { weight: 5, arbitrary: fc.constant({ kind: 'start' as const }) },
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constant('end' as const),
      run: anyRun,
      status: fc.constantFrom('success' as const, 'partial' as const, 'cancelled' as const),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({ kind: fc.constantFrom('commit' as const, 'event' as const), run: anyRun }),
  },
  { weight: 1, arbitrary: fc.constant({ kind: 'kill' as const }) },
  { weight: 1, arbitrary: fc.constant({ kind: 'pause' as const }) },
  { weight: 2, arbitrary: fc.constantFrom({ kind: 'cut' as const }, { kind: 'mend' as const }) },
)

let server: ReachableServer
let directory: string
let agent: Agent
beforeAll(async () => {
  server = await aServer()
  directory = mkdtempSync(join(tmpdir(), 'interleavings-'))
  agent = newAgent()
})
afterAll(async () => {
  await agent.kill()
  await server[Symbol.asyncDispose]()
  rmSync(directory, { recursive: true, force: true })
})

function newAgent(): Agent {
  return startAgent({
    serverUrl: server.url,
    bufferDir: `${directory}/buffer`,
    ndjsonDir: `${directory}/raw`,
    maxRetries: 0, // so that a cut line is a setback at once, and what comes after it has to wait
  })
}

let counter = 0

/** Takes one step in the world and in the model alike. */
async function take(step: Step, model: Map<string, Expected>, name: string): Promise<void> {
  switch (step.kind) {
    case 'start': {
      const runId = (await agent.call('startRun', name, 'job', 'cli', {
        run_id: `run-${counter++}`,
      })) as string
      model.set(runId, { status: 'running', commit: null, events: [], isActive: true })
      return
    }
    case 'kill':
      await agent.kill()
      agent = newAgent()
      for (const expected of model.values()) expected.isActive = false
      return
    case 'pause':
      await new Promise((resolve) => setTimeout(resolve, 60)) // time for a request to get under way
      return
    case 'cut':
    case 'mend':
      return server[step.kind]()
    default:
      return change(step, model)
  }
}

async function change(
  step: Extract<Step, { readonly run: number }>,
  model: Map<string, Expected>,
): Promise<void> {
  const [runId, expected] = [...model][step.run % Math.max(model.size, 1)] ?? []
  if (runId === undefined || expected === undefined) return
  if (step.kind === 'end') {
    await agent.call('endRun', runId, step.status)
    if (expected.isActive) expected.status = step.status
    expected.isActive = false
  } else if (step.kind === 'commit') {
    expected.commit = `commit${counter++}`
    await agent.call('associateCommit', runId, expected.commit, 'llm')
  } else {
    const type = `event-${counter++}`
    await agent.call('logEvent', runId, type)
    expected.events.push(type)
  }
}

describe('any interleaving of starts, ends, commits, events, kills and outages', () => {
  it(
    'ends with the store equal to the model, and every write in whole NDJSON lines',
    { timeout: 180_000 },
    async () => {
      let writes = 0

      await fc.assert(
        fc.asyncProperty(fc.array(anyStep, { minLength: 4, maxLength: 16 }), async (steps) => {
          const name = `agent-${counter++}`
          const model = new Map<string, Expected>()
          for (const next of steps) await take(next, model, name)
          await server.mend()
          await syncAll()

          const stored = await server.runs(`limit=1000&agent_name=${name}`)
          const found = await Promise.all(
            stored.map(async ({ event_id, git_commit_hash, run_id, status }) => {
              const events = (await server.timeline(event_id)).map(({ event_type }) => event_type)
              return [run_id, { status, commit: git_commit_hash, events }]
            }),
          )
          const wanted = [...model].map(([runId, { commit, events, status }]) => [
            runId,
            { status, commit, events },
          ])
          expect(found.sort(byId)).toEqual(wanted.sort(byId))
          writes += model.size
        }),
        { numRuns: INTERLEAVINGS, seed: SEED, endOnFailure: true },
      )

      const starts = readJournal(`${directory}/raw`).filter((line) => line['status'] === 'running')
      expect(starts).toHaveLength(writes)
    },
  )
})

/** The first request on a line that was cut a moment ago may still fail. */
async function syncAll(): Promise<void> {
  for (let attempt = 0; attempt < 5; attempt++) {
    const { refused, waiting } = (await agent.call('sync')) as SyncReport
    expect(refused).toBe(0)
    if (waiting === 0) return
  }
  expect.unreachable('writes wait although the server is there')
}

function byId([a]: readonly unknown[], [b]: readonly unknown[]): number {
  return String(a).localeCompare(String(b))
}
