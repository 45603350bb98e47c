import {
  findQueryProblems,
  predictionQueryFields,
  fieldSchema,
  type PredictionQuery,
} from '@mosaicstack/telemetry-client/protocol'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'

import { type Table, toCsv } from '../../dashboard/csv.ts'
import { estimates } from '../../dashboard/panels/estimates.ts'
import { filters } from '../../dashboard/panels/filters.ts'
import { gates } from '../../dashboard/panels/gates.ts'
import { health } from '../../dashboard/panels/health.ts'
import { spend } from '../../dashboard/panels/spend.ts'
import { worth } from '../../dashboard/panels/worth.ts'
import { DIMENSIONS, readSelection, type Selection } from '../../dashboard/selection.ts'
import { estimatesTable, gatesTable, healthTable, spendTable, worthTable } from '../../dashboard/tables.ts'
import type { Answering } from '../../predictions/answering.ts'
import { invalidRequest } from '../envelope.ts'
import { describeRoute } from '../openapi.ts'
import type { DashboardServices } from './dashboard-services.ts'

/** A panel whose answer does not depend on which tasks are chosen. */
interface WholePanel<Answer> {
  readonly name: string
  readonly summary: string
  ask(): Promise<Answer>
  /** Absent where there is nothing for a spreadsheet. */
  readonly table?: (answer: Answer) => Table
}

interface Panel<Answer> extends Omit<WholePanel<Answer>, 'ask'> {
  ask(selection: Selection): Promise<Answer>
  readonly table: (answer: Answer) => Table
}

/** `GET /v1/dashboard/<panel>` and `<panel>.csv`. */
export function panelRoutes(app: FastifyInstance, services: DashboardServices, predictions: Answering): void {
  const { reader } = services
  const ofTasks = <Answer>(panel: Panel<Answer>) => taskPanel(app, services, panel)
  ofTasks({
    name: 'spend',
    summary: 'What was spent, on what, and how that is moving',
    ask: (selection) => spend(reader, selection),
    table: spendTable,
  })
  ofTasks({
    name: 'worth',
    summary: 'Success and cost per success of each model, with intervals of 90 %',
    ask: (selection) => worth(reader, selection),
    table: worthTable,
  })
  ofTasks({
    name: 'estimates',
    summary: 'Estimated against actual tokens and cost',
    ask: (selection) => estimates(reader, selection),
    table: estimatesTable,
  })
  ofTasks({
    name: 'gates',
    summary: 'Quality gates: pass rates, and which one fails',
    ask: (selection) => gates(reader, selection),
    table: gatesTable,
  })
  const whole = <Answer>(panel: WholePanel<Answer>) => serve(app, services, panel, () => panel.ask())
  whole({
    name: 'filters',
    summary: 'Days and values that there are to choose from',
    ask: () => filters(reader),
  })
  whole({
    name: 'health',
    summary: 'Who sends, what is rejected, and how the server is',
    ask: () => health(reader, services.health),
    table: healthTable,
  })
  forecastRoute(app, services, predictions)
}

function taskPanel<Answer>(app: FastifyInstance, services: DashboardServices, panel: Panel<Answer>): void {
  serve(app, services, panel, (request) => {
    const read = readSelection(request.query as Readonly<Record<string, unknown>>, services.nowMs())
    if (!read.ok) throw invalidRequest(read.problems)
    return panel.ask(read.selection)
  })
}

const SELECTION_SCHEMA = {
  type: 'object',
  properties: {
    from: { type: 'string', format: 'date' },
    to: { type: 'string', format: 'date' },
    by: { type: 'string', enum: DIMENSIONS },
    ...Object.fromEntries(DIMENSIONS.map((each) => [each, { type: 'array', items: { type: 'string' } }])),
  },
}

function serve<Answer>(
  app: FastifyInstance,
  { access }: DashboardServices,
  { name, summary, table }: Pick<WholePanel<Answer>, 'name' | 'summary' | 'table'>,
  ask: (request: FastifyRequest) => Promise<Answer>,
): void {
  const schema = describeRoute({
    summary,
    tag: 'dashboard',
    auth: 'dashboard',
    querystring: SELECTION_SCHEMA,
    answers: { 200: 'JSON, or CSV where the Accept header names text/csv' },
    errors: [401, 422],
  })
  const path = `/v1/dashboard/${name}`
  app.get(path, { onRequest: access.requireRole, schema }, async (request, reply) => {
    const answer = await ask(request)
    return table !== undefined && wantsCsv(request)
      ? sendCsv(reply, name, table(answer))
      : sendPrivate(reply, answer)
  })
  if (table === undefined) return
  const csvSchema = { ...schema, summary: `${summary}, as CSV` }
  app.get(`${path}.csv`, { onRequest: access.requireRole, schema: csvSchema }, async (request, reply) =>
    sendCsv(reply, name, table(await ask(request))),
  )
}

function forecastRoute(app: FastifyInstance, { access }: DashboardServices, predictions: Answering): void {
  const properties = Object.fromEntries(
    Object.entries(predictionQueryFields).map(([name, rule]) => [name, fieldSchema(rule)]),
  )
  app.post(
    '/v1/dashboard/forecast',
    {
      onRequest: access.requireRole,
      schema: describeRoute({
        summary: 'What the next task will take',
        tag: 'dashboard',
        auth: 'dashboard',
        body: { type: 'object', properties },
        answers: { 200: 'PredictionResponse' },
        errors: [400, 401, 413, 415, 422],
      }),
    },
    async (request, reply) => {
      const problems = findQueryProblems(request.body)
      if (problems.length > 0) throw invalidRequest(problems.map(({ path, message }) => ({ path, message })))
      return sendPrivate(reply, predictions.predict(request.body as PredictionQuery))
    },
  )
}

export function wantsCsv({ headers }: FastifyRequest): boolean {
  return /\btext\/csv\b/.test(headers.accept ?? '')
}

/** Answers change by the second and are nobody else's: no cache keeps them. */
export function sendPrivate(reply: FastifyReply, answer: unknown): FastifyReply {
  return reply.header('cache-control', 'no-store').header('vary', 'accept').send(answer)
}

export function sendCsv(reply: FastifyReply, name: string, table: Table): FastifyReply {
  return reply
    .type('text/csv; charset=utf-8')
    .header('content-disposition', `attachment; filename="${name}.csv"`)
    .header('x-content-type-options', 'nosniff')
    .header('cache-control', 'no-store')
    .send(toCsv(table))
}
