import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'

import { commitUrl, repoUrl } from '../../runs/commit-links.ts'
import { cursorAfter, parseRunQuery } from '../../runs/run-query.ts'
import { viewRun, viewRunEvent } from '../../runs/run-view.ts'
import type { StoredRun } from '../../storage/run-store.ts'
import { sendError } from '../error-answer.ts'
import { describeRunRoute } from './describe-run-route.ts'
import type { RunServices } from './run-services.ts'

type RunPath = { Params: { event_id: string } }

const NO_RUN = { code: 'not_found', message: 'there is no run of that event_id' } as const

/** What reads runs: list, one, links, timeline, metadata. */
export function runReadRoutes(app: FastifyInstance, services: RunServices): void {
  listRoute(app, services)
  oneRunRoutes(app, services)

  app.get(
    '/api/v1/metadata',
    {
      onRequest: services.requireRunToken,
      schema: describeRunRoute('Agents and jobs there are', { 200: 'Their names' }),
    },
    () => services.metadata.metadata(),
  )
}

function listRoute(app: FastifyInstance, { store, requireRunToken }: RunServices): void {
  const filters = [
    'agent_name',
    'status',
    'job_type',
    'parent_run_id',
    'created_before',
    'created_after',
    'start_time_from',
    'start_time_to',
    'limit',
    'offset',
    'cursor',
  ]
  app.get(
    '/api/v1/runs',
    {
      onRequest: requireRunToken,
      schema: {
        ...describeRunRoute(
          'List runs, newest first',
          { 200: 'The runs; Link: rel="next" leads on' },
          [400, 422],
        ),
        querystring: {
          type: 'object',
          properties: Object.fromEntries(filters.map((name) => [name, { type: 'string' }])),
        },
      },
    },
    async (request, reply) => {
      const parsed = parseRunQuery(request.query as Record<string, unknown>)
      if (!parsed.ok) {
        const code = parsed.problems.some(({ status }) => status === 400) ? 'bad_request' : 'invalid_request'
        const message = parsed.problems.map(({ path, message: text }) => `${path}: ${text}`).join('; ')
        return sendError(reply, {
          code,
          message,
          details: parsed.problems.map(({ path, message: text }) => ({ path, message: text })),
        })
      }

      const runs = await store.listRuns(parsed.query)
      const last = runs.at(-1)
      if (last !== undefined && runs.length === parsed.query.limit)
        reply.header('link', nextLink(request, last))
      return runs.map(viewRun)
    },
  )
}

function oneRunRoutes(app: FastifyInstance, { store, requireRunToken }: RunServices): void {
  const get = (path: string, summary: string, answer: (run: StoredRun, reply: FastifyReply) => unknown) =>
    app.get<RunPath>(
      `/api/v1/runs/:event_id${path}`,
      { onRequest: requireRunToken, schema: describeRunRoute(summary, { 200: summary }, [404]) },
      async (request, reply) => {
        const run = await store.findRun(request.params.event_id)
        return run === undefined ? sendError(reply, NO_RUN) : answer(run, reply)
      },
    )

  get('', 'One run', viewRun)
  get('/commit-url', 'The page of its commit', (run) => ({
    commit_url: commitUrl(run.git_repo as string | null, run.git_commit_hash as string | null),
  }))
  get('/repo-url', 'The page of its repository', (run) => ({
    repo_url: repoUrl(run.git_repo as string | null),
  }))
  get('/events', 'Its timeline', async (run) =>
    ((await store.listRunEvents(run.event_id)) ?? []).map(viewRunEvent),
  )
}

/** The same list, after its last run. */
function nextLink(request: FastifyRequest, last: StoredRun): string {
  const parameters = new URL(request.url, 'http://localhost').searchParams
  parameters.delete('offset')
  parameters.set('cursor', cursorAfter(last))
  return `</api/v1/runs?${parameters}>; rel="next"`
}
