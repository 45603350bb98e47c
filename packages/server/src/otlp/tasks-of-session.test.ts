import type { StoredOtlpRequest } from '@mosaicstack/telemetry-client/protocol'
import { expect, it } from 'vitest'

import type { OtlpMarkKind, OtlpSessionWork } from '../storage/otlp-store.ts'
import { anOtlpRequest } from '../testing/an-otlp-batch.ts'
import { tasksOfSession } from './tasks-of-session.ts'

const START_MS = Date.UTC(2026, 10, 21, 9)
const MINUTE_MS = 60_000

it('makes one task of the requests of a prompt, subagents and compactions included', () => {
  const work = aWork({
    marks: [aMark('prompt', 'a', 0), aMark('compaction', 'a', 30)],
    requests: [
      aRequest('a', 10, { kind: 'main' }),
      aRequest('a', 20, { kind: 'subagent' }),
      aRequest('a', 30, { kind: 'compact' }),
    ],
  })

  const { finished } = quiet(work)

  expect(finished).toMatchObject([
    {
      promptId: 'a',
      requests: work.requests,
      compactions: 1,
      startedAtMs: START_MS,
      endedAtMs: START_MS + 30_000,
    },
  ])
})

it('begins a task where its first request began, when its prompt was not told', () => {
  const { finished } = quiet(aWork({ requests: [aRequest('a', 10, { duration_ms: 4000 })] }))

  expect(finished).toMatchObject([{ startedAtMs: START_MS + 6000, endedAtMs: START_MS + 10_000 }])
})

it('continues a task with the prompt by which a background subagent is reported', () => {
  const work = aWork({
    marks: [
      aMark('prompt', 'a', 0),
      aMark('background_end', 'a', 20, 76),
      aMark('prompt', 'report', 20, 77),
      aMark('prompt', 'b', 60, 90),
    ],
    requests: [aRequest('a', 10), aRequest('report', 30), aRequest('b', 70)],
  })

  const { finished } = quiet(work)

  expect(finished.map(({ promptId, promptIds }) => [promptId, promptIds])).toEqual([
    ['a', ['a', 'report']],
    ['b', ['b']],
  ])
})

it.each([
  ['seconds', aMark('prompt', 'b', 40, 77)],
  ['events', aMark('prompt', 'b', 20, 90)],
  ['a restart', aMark('prompt', 'b', 20, 3)],
])('takes a prompt for one of a person that is %s away from the end of a subagent', (_, prompt) => {
  const work = aWork({
    marks: [aMark('prompt', 'a', 0), aMark('background_end', 'a', 20, 76), prompt],
    requests: [aRequest('a', 10), aRequest('b', 50)],
  })

  expect(quiet(work).finished).toHaveLength(2)
})

it('makes no task of a prompt that only compacts, nor of what the harness asks for itself', () => {
  const requests = [
    aRequest('compaction', 10, { kind: 'compact' }),
    aRequest('a', 20, { kind: 'auxiliary' }),
    aRequest(null, 30),
  ]

  const { finished, apart } = quiet(aWork({ requests }))

  expect(finished).toEqual([])
  expect(apart.toSorted((one, other) => one.position - other.position)).toEqual(requests)
})

it('leaves the last task open while its session is heard of, and ends the one before after a minute', () => {
  const work = aWork({
    marks: [aMark('prompt', 'a', 0), aMark('prompt', 'b', 60)],
    requests: [aRequest('a', 10), aRequest('b', 70)],
  })
  const at = (nowMs: number) =>
    tasksOfSession(work, { isQuiet: false, nowMs }).finished.map(({ promptId }) => promptId)

  const second = START_MS + 60_000

  expect(at(second + MINUTE_MS - 1)).toEqual([])
  expect(at(second + MINUTE_MS)).toEqual(['a'])
})

it('gives late requests of a made task apart, those of a prompt that continued it included', () => {
  const work = aWork({
    marks: [aMark('prompt', 'a', 0), aMark('background_end', 'a', 20, 76), aMark('prompt', 'report', 20, 77)],
    requests: [aRequest('a', 10), aRequest('report', 30), aRequest('b', 40)],
    settledPromptIds: ['a'],
  })

  const { finished, late } = quiet(work)

  expect(late).toEqual(work.requests.slice(0, 2))
  expect(finished).toMatchObject([{ promptId: 'b' }])
})

it('counts the errors of a task, and sees whether one of them was its end', () => {
  const errors = [aMark('api_error', 'a', 5), aMark('api_error', 'a', 15)]
  const prompt = aMark('prompt', 'a', 0)

  const [recovered] = quiet(aWork({ marks: [prompt, ...errors], requests: [aRequest('a', 20)] })).finished
  const [failed] = quiet(aWork({ marks: [prompt, ...errors], requests: [aRequest('a', 10)] })).finished

  expect(recovered).toMatchObject({ apiErrors: 2, endsInError: false })
  expect(failed).toMatchObject({ apiErrors: 2, endsInError: true })
})

function quiet(work: OtlpSessionWork) {
  return tasksOfSession(work, { isQuiet: true, nowMs: START_MS + 3_600_000 })
}

function aWork(fields: Partial<OtlpSessionWork>): OtlpSessionWork {
  return { requests: [], marks: [], settledPromptIds: [], ...fields }
}

/** A mark some seconds after the start, received when it happened. */
function aMark(kind: OtlpMarkKind, promptId: string, afterS: number, sequence = 1) {
  const atMs = START_MS + afterS * 1000
  return { sessionId: 'session', kind, promptId, atMs, sequence, receivedAtMs: atMs }
}

/** A request that ended some seconds after the start; its position says so too. */
function aRequest(
  promptId: string | null,
  afterS: number,
  fields: Partial<StoredOtlpRequest> = {},
): StoredOtlpRequest {
  const ended_at = new Date(START_MS + afterS * 1000).toISOString()
  return { position: afterS, ...anOtlpRequest({ prompt_id: promptId, ended_at, ...fields }) }
}
