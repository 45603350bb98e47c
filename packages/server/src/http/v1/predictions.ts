import {
  fieldSchema,
  findQueryProblems,
  MAX_QUERIES_PER_BATCH,
  predictionQueryFields,
  type FieldProblem,
  type PredictionQuery,
} from '@mosaicstack/telemetry-client/protocol'
import type { FastifyInstance } from 'fastify'

import { invalidRequest, readBatch } from '../envelope.ts'
import { describeRoute } from '../openapi.ts'
import type { Services } from '../services.ts'

const BUDGETS =
  'A budget is a limit in its own unit; `forecast.exceeds` says how likely the task is to take more than it.'

const queryProperties = Object.fromEntries(
  Object.entries(predictionQueryFields).map(([name, rule]) => [name, fieldSchema(rule)]),
)
const required = Object.entries(predictionQueryFields).flatMap(([name, rule]) =>
  rule.required ? [name] : [],
)
const querySchema = { type: 'object', required, properties: queryProperties }

/** `POST /v1/predictions/batch` and `GET /v1/predictions`. */
export function predictionRoutes(app: FastifyInstance, { predictions, requireKeyToPredict }: Services): void {
  app.post(
    '/v1/predictions/batch',
    {
      onRequest: requireKeyToPredict,
      schema: describeRoute({
        summary: 'What the next tasks will take',
        description: `Answers index for index with the queries. ${BUDGETS}`,
        tag: 'predictions',
        auth: 'instance',
        body: {
          type: 'object',
          required: ['queries'],
          properties: {
            queries: { type: 'array', minItems: 1, maxItems: MAX_QUERIES_PER_BATCH, items: querySchema },
          },
        },
        answers: { 200: 'The predictions' },
        errors: [400, 401, 413, 415, 422, 429],
      }),
    },
    async (request) => {
      const queries = readBatch(request.body, 'queries', MAX_QUERIES_PER_BATCH)
      refuse(queries.flatMap((query, index) => under(`queries.${index}`, findQueryProblems(query))))
      return { results: (queries as readonly PredictionQuery[]).map((query) => predictions.predict(query)) }
    },
  )

  app.get(
    '/v1/predictions',
    {
      onRequest: requireKeyToPredict,
      schema: describeRoute({
        summary: 'What the next task will take',
        description: BUDGETS,
        tag: 'predictions',
        auth: 'instance',
        querystring: querySchema,
        answers: { 200: 'The prediction' },
        errors: [401, 422, 429],
      }),
    },
    async (request) => {
      const query = queryOfParameters(request.query as Readonly<Record<string, unknown>>)
      refuse(findQueryProblems(query))
      return predictions.predict(query as unknown as PredictionQuery)
    },
  )
}

/** Parameters are text; digits read as the number that a budget must be, anything else is left for the check to name. */
function queryOfParameters(parameters: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  return Object.fromEntries(
    Object.entries(parameters).map(([name, value]) => [
      name,
      name.startsWith('budget_') && typeof value === 'string' && /^\d+$/.test(value) ? Number(value) : value,
    ]),
  )
}

interface Detail {
  readonly path: string
  readonly message: string
}

function under(prefix: string, problems: readonly FieldProblem[]): readonly Detail[] {
  return problems.map(({ path, message }) => ({ path: path === '' ? prefix : `${prefix}.${path}`, message }))
}

function refuse(details: readonly Detail[]): void {
  if (details.length > 0) throw invalidRequest(details.map(({ path, message }) => ({ path, message })))
}
