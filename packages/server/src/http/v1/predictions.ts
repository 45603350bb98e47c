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

const queryProperties = Object.fromEntries(
  Object.entries(predictionQueryFields).map(([name, rule]) => [name, fieldSchema(rule)]),
)
const querySchema = { type: 'object', required: Object.keys(queryProperties), properties: queryProperties }

/** `POST /v1/predictions/batch` and `GET /v1/predictions`. */
export function predictionRoutes(app: FastifyInstance, { predictions, requireKeyToPredict }: Services): void {
  app.post(
    '/v1/predictions/batch',
    {
      onRequest: requireKeyToPredict,
      schema: describeRoute({
        summary: 'What the next tasks will take',
        description: 'Answers index for index with the queries.',
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
        tag: 'predictions',
        auth: 'instance',
        querystring: querySchema,
        answers: { 200: 'The prediction' },
        errors: [401, 422, 429],
      }),
    },
    async (request) => {
      refuse(findQueryProblems(request.query))
      return predictions.predict(request.query as PredictionQuery)
    },
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
