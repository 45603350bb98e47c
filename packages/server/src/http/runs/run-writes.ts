import type { FastifyInstance } from 'fastify'

import {
  describeProblems,
  type ReadWrite,
  readCommit,
  readNewRun,
  readRunChange,
  readTimeline,
  usableChanges,
} from '../../runs/run-requests.ts'
import type { RunWrite } from '../../storage/run-store.ts'
import { invalidRequest, readObject } from '../envelope.ts'
import { sendError } from '../error-answer.ts'
import { answerChange, answerNotStored, requestOf } from './answer-write.ts'
import { describeRunRoute } from './describe-run-route.ts'
import type { RunServices } from './run-services.ts'

/** Runs in one `POST /api/v1/runs/batch`. */
const MAX_RUNS_PER_BATCH = 1000
const MAX_EVENTS_PER_REQUEST = 1000

/** What changes runs: create, batch, patch, commit, timeline. */
export function runWriteRoutes(app: FastifyInstance, services: RunServices): void {
  createRoute(app, services)
  batchRoute(app, services)
  changeRoutes(app, services)
  timelineRoute(app, services)
}

function createRoute(app: FastifyInstance, { commits, metadata, requireRunToken, nowMs }: RunServices): void {
  app.post(
    '/api/v1/runs',
    {
      onRequest: requireRunToken,
      schema: describeRunRoute(
        'Create a run',
        { 200: 'The event_id is known: nothing changes', 201: 'Created' },
        [422, 503],
      ),
    },
    async (request, reply) => {
      const write = accept(readNewRun(readObject(request.body), 'keep', nowMs()))
      const outcome = await commits.commit(requestOf([write]))
      if (outcome.kind !== 'stored') return answerNotStored(reply, outcome)

      const { event_id, run_id } = request.body as { event_id: string; run_id: string }
      if (outcome.result[0]?.kind === 'created') {
        metadata.clear()
        return reply.code(201).send({ status: 'created', event_id, run_id })
      }
      return reply
        .code(200)
        .send({ status: 'duplicate', event_id, message: 'a run of this event_id is stored already' })
    },
  )
}

function batchRoute(app: FastifyInstance, { commits, metadata, requireRunToken, nowMs }: RunServices): void {
  app.post(
    '/api/v1/runs/batch',
    {
      onRequest: requireRunToken,
      schema: describeRunRoute(
        'Create or complete runs',
        { 200: 'What became of them, for an array', 201: 'The same, for {runs: […]}' },
        [422, 503],
      ),
    },
    async (request, reply) => {
      const runs = readRuns(request.body)
      const read = runs.map((run) => readNewRun(run, 'merge', nowMs()))
      const writes = read.flatMap((item) => (item.ok ? [item.write] : []))
      const outcome = await commits.commit(requestOf(writes))
      if (outcome.kind !== 'stored') return answerNotStored(reply, outcome)

      const inserted = outcome.result.filter((result) => result.kind === 'created').length
      if (inserted > 0) metadata.clear()
      return reply.code(Array.isArray(request.body) ? 200 : 201).send({
        inserted,
        duplicates: outcome.result.length - inserted,
        errors: read.flatMap((item, index) =>
          item.ok
            ? []
            : [{ event_id: eventIdOf(runs[index]), index, error: describeProblems(item.problems) }],
        ),
        total: runs.length,
      })
    },
  )
}

type RunPath = { Params: { event_id: string } }

function changeRoutes(app: FastifyInstance, { commits, store, requireRunToken, nowMs }: RunServices): void {
  app.patch<RunPath>(
    '/api/v1/runs/:event_id',
    {
      onRequest: requireRunToken,
      schema: describeRunRoute('Change a run', { 200: 'Which fields were changed' }, [400, 404, 422, 503]),
    },
    async (request, reply) => {
      const { event_id: eventId } = request.params
      const body = readObject(request.body)
      const write = accept(readRunChange(eventId, body, nowMs()))
      const fields = usableChanges(body)
      if (fields.length === 0) {
        return sendError(reply, { code: 'bad_request', message: 'no field that can be changed has a value' })
      }
      return answerChange(reply, commits, write, () => ({
        event_id: eventId,
        updated: true,
        fields_updated: fields,
      }))
    },
  )

  app.post<RunPath>(
    '/api/v1/runs/:event_id/associate-commit',
    {
      onRequest: requireRunToken,
      schema: describeRunRoute('Name the commit of a run', { 200: 'Named' }, [404, 422, 503]),
    },
    async (request, reply) => {
      const { event_id: eventId } = request.params
      const body = readObject(request.body)
      const write = accept(readCommit(eventId, body, nowMs()))
      return answerChange(reply, commits, write, async () => ({
        status: 'success',
        event_id: eventId,
        run_id: (await store.findRun(eventId))?.run_id ?? null,
        commit_hash: body['commit_hash'],
      }))
    },
  )
}

function timelineRoute(app: FastifyInstance, { commits, requireRunToken, nowMs }: RunServices): void {
  app.post<RunPath>(
    '/api/v1/runs/:event_id/events',
    {
      onRequest: requireRunToken,
      schema: describeRunRoute('Add to the timeline of a run', { 201: 'Added' }, [404, 422, 503]),
    },
    async (request, reply) => {
      const { event_id: eventId } = request.params
      const entries = readList(request.body, 'events', MAX_EVENTS_PER_REQUEST)
      const write = accept(readTimeline(eventId, entries, nowMs()))
      reply.code(201)
      return answerChange(reply, commits, write, () => ({
        event_id: eventId,
        added: entries.length,
      }))
    },
  )
}

function accept(read: ReadWrite): RunWrite {
  if (read.ok) return read.write
  throw invalidRequest(read.problems)
}

function readRuns(body: unknown): readonly unknown[] {
  return readList(body, 'runs', MAX_RUNS_PER_BATCH)
}

/** A list as it is, or under its name. */
function readList(body: unknown, field: string, maxItems: number): readonly unknown[] {
  const items = Array.isArray(body) ? body : readObject(body)[field]
  if (Array.isArray(items) && items.length <= maxItems) return items
  throw invalidRequest([{ path: field, message: `must be an array of at most ${maxItems}` }])
}

function eventIdOf(run: unknown): string | null {
  const eventId = (run as { event_id?: unknown } | null)?.event_id
  return typeof eventId === 'string' ? eventId : null
}
