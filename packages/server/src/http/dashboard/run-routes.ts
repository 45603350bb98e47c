import type { RunRecord } from '@mosaicstack/telemetry-client/protocol'
import type { FastifyInstance } from 'fastify'

import { runsTable } from '../../dashboard/tables.ts'
import { cursorAfter, parseRunQuery } from '../../runs/run-query.ts'
import { viewRun, viewRunEvent } from '../../runs/run-view.ts'
import type { RunQuery } from '../../storage/run-store.ts'
import { HttpError } from '../error-answer.ts'
import { describeRoute } from '../openapi.ts'
import type { RunServices } from '../runs/run-services.ts'
import type { DashboardServices } from './dashboard-services.ts'
import { sendCsv, sendPrivate, wantsCsv } from './panel-routes.ts'

type RunPath = { Params: { event_id: string } }

const PATH = '/v1/dashboard/runs'
const NO_RUN = { code: 'not_found', message: 'there is no run of that event_id' } as const

/** The reads of the agent-run API, for whoever may see the dashboard. */
export function dashboardRunRoutes(
  app: FastifyInstance,
  { access }: DashboardServices,
  store: RunServices['store'],
): void {
  const describe = (summary: string, errors: readonly number[]) => ({
    onRequest: access.requireRole,
    schema: describeRoute({
      summary,
      tag: 'dashboard',
      auth: 'dashboard',
      answers: { 200: summary },
      errors,
    }),
  })

  app.get(PATH, describe('Agent runs, newest first', [401, 422]), async (request, reply) => {
    const query = queryOf(request.query)
    const runs = await store.listRuns(query)
    const last = runs.at(-1)
    if (last !== undefined && runs.length === query.limit) {
      const parameters = new URL(request.url, 'http://localhost').searchParams
      parameters.delete('offset')
      parameters.set('cursor', cursorAfter(last))
      reply.header('link', `<${PATH}?${parameters}>; rel="next"`)
    }
    const views = runs.map(viewRun)
    return wantsCsv(request) ? sendCsv(reply, 'runs', tableOf(views)) : sendPrivate(reply, views)
  })

  app.get(`${PATH}.csv`, describe('Agent runs, as CSV', [401, 422]), async (request, reply) => {
    const runs = await store.listRuns(queryOf(request.query))
    return sendCsv(reply, 'runs', tableOf(runs.map(viewRun)))
  })

  app.get<RunPath>(`${PATH}/:event_id`, describe('One run', [401, 404]), async (request, reply) => {
    const run = await store.findRun(request.params.event_id)
    if (run === undefined) throw new HttpError(NO_RUN)
    return sendPrivate(reply, viewRun(run))
  })

  app.get<RunPath>(
    `${PATH}/:event_id/events`,
    describe('The timeline of a run', [401, 404]),
    async (request, reply) => {
      const events = await store.listRunEvents(request.params.event_id)
      if (events === undefined) throw new HttpError(NO_RUN)
      return sendPrivate(reply, events.map(viewRunEvent))
    },
  )
}

function queryOf(parameters: unknown): RunQuery {
  const parsed = parseRunQuery(parameters as Readonly<Record<string, unknown>>)
  if (parsed.ok) return parsed.query
  const details = parsed.problems.map(({ path, message }) => ({ path, message }))
  const message = details.map(({ path, message: text }) => `${path}: ${text}`).join('; ')
  throw new HttpError({ code: 'invalid_request', message, details })
}

function tableOf(views: readonly ReturnType<typeof viewRun>[]) {
  return runsTable(views as unknown as readonly RunRecord[])
}
