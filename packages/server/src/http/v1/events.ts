import { eventJsonSchema, MAX_EVENTS_PER_BATCH } from '@mosaicstack/telemetry-client/protocol'
import type { FastifyInstance, FastifyReply } from 'fastify'

import type { IngestOutcome } from '../../ingest/ingest-events.ts'
import { keyOf } from '../authenticate.ts'
import { readBatch, readObject } from '../envelope.ts'
import { sendError } from '../error-answer.ts'
import { describeRoute } from '../openapi.ts'
import { TOO_MANY_WAIT } from '../require-room.ts'
import type { Services } from '../services.ts'
import { leaveJsonUnread, readBody } from '../unread-body.ts'
import { renderBatchAnswer } from './batch-answer.ts'

/** `POST /v1/events` and `POST /v1/events/batch`. */
export function eventRoutes(app: FastifyInstance, { ingest, requireKey, requireRoom }: Services): void {
  leaveJsonUnread(app)
  app.post(
    '/v1/events/batch',
    {
      onRequest: [requireKey, requireRoom],
      schema: describeRoute({
        summary: 'Report finished tasks',
        description:
          'Answers 202 once every accepted event is durable. One bad event never costs the others; a repeated event_id is rejected with code `duplicate` and counts as delivered. The body may be gzipped.',
        tag: 'events',
        auth: 'instance',
        body: {
          type: 'object',
          required: ['events'],
          properties: {
            events: { type: 'array', minItems: 1, maxItems: MAX_EVENTS_PER_BATCH, items: eventJsonSchema() },
          },
        },
        answers: { 202: 'What became of each event, in the order sent' },
        errors: [400, 401, 403, 413, 415, 422, 429, 503],
      }),
    },
    async (request, reply) => {
      const sender = keyOf(request)
      const outcome = readBody(
        request,
        (bytes) => ingest.plain(sender, bytes, 'batch'),
        (json) => ingest.parsed(sender, readBatch(json, 'events', MAX_EVENTS_PER_BATCH)),
      )
      return answer(reply, await outcome, renderBatchAnswer)
    },
  )

  app.post(
    '/v1/events',
    {
      onRequest: [requireKey, requireRoom],
      schema: describeRoute({
        summary: 'Report one finished task',
        description: 'The body is one bare event; the answer is its result.',
        tag: 'events',
        auth: 'instance',
        body: eventJsonSchema(),
        answers: { 202: 'What became of the event' },
        errors: [400, 401, 403, 413, 415, 422, 429, 503],
      }),
    },
    async (request, reply) => {
      const sender = keyOf(request)
      const outcome = readBody(
        request,
        (bytes) => ingest.plain(sender, bytes, 'event'),
        (json) => ingest.parsed(sender, [readObject(json)]),
      )
      return answer(reply, await outcome, ({ results }) => JSON.stringify(results[0]))
    },
  )
}

const JSON_TYPE = 'application/json; charset=utf-8'

type Answered = Extract<IngestOutcome, { kind: 'answered' }>['response']

function answer(
  reply: FastifyReply,
  outcome: IngestOutcome,
  render: (response: Answered) => string,
): FastifyReply {
  switch (outcome.kind) {
    case 'answered':
      return reply.code(202).type(JSON_TYPE).send(render(outcome.response))
    case 'refused':
      return sendError(reply, outcome.refusal)
    case 'overloaded':
      return sendError(reply, TOO_MANY_WAIT)
    case 'unavailable':
      reply.log.error({ cause: outcome.cause }, 'the store cannot take writes')
      reply.header('retry-after', '5')
      return sendError(reply, {
        code: 'unavailable',
        message: 'the store cannot take writes now; nothing was stored',
      })
  }
}
