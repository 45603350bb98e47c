import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'

import type { OtlpOutcome } from '../../otlp/receive-otlp.ts'
import type { Signal } from '../../otlp/read-batch.ts'
import { keyOf } from '../authenticate.ts'
import { answerFor, type AnswerableError, type HttpError } from '../error-answer.ts'
import { describeRoute } from '../openapi.ts'
import { sendReceived, sendStatus } from './otlp-answer.ts'
import { acceptOtlpBodies } from './otlp-body.ts'
import type { OtlpServices } from './otlp-services.ts'

const KEPT: Readonly<Record<Signal, string>> = {
  logs: 'Claude Code’s `api_request` events become model requests, its prompts, compactions and errors what tasks are made with.',
  traces: 'Spans of model calls after the GenAI conventions become model requests.',
  metrics: 'Claude Code’s counters of tokens and cost are kept to check the sums of requests by.',
}

/** `POST /v1/logs`, `/v1/traces` and `/v1/metrics`: OTLP over HTTP, with bodies and answers of its own. */
export function otlpWriteRoutes(app: FastifyInstance, services: OtlpServices): void {
  // A scope of its own: here a body may be protobuf, and an error is a google.rpc.Status.
  void app.register(async (routes) => {
    acceptOtlpBodies(routes)
    routes.setErrorHandler<HttpError>((error, request, reply) => {
      const refusal = inOtlpWords(answerFor(error as never))
      if (refusal.code === 'internal')
        request.log.error({ err: error, route: request.routeOptions.url }, 'a request failed')
      return sendStatus(request, reply, refusal)
    })
    for (const signal of ['logs', 'traces', 'metrics'] as const) writeRoute(routes, services, signal)
  })
}

function writeRoute(routes: FastifyInstance, { receive, requireKey }: OtlpServices, signal: Signal): void {
  routes.post(
    `/v1/${signal}`,
    {
      onRequest: requireKey,
      schema: describeRoute({
        summary: `Receive OpenTelemetry ${signal}`,
        description: `${KEPT[signal]} OTLP over HTTP, as JSON or as protobuf (\`application/x-protobuf\`), gzipped or not. A repeated body changes nothing. The answer is in the encoding of the request; errors are a \`google.rpc.Status\`.`,
        tag: 'otlp',
        auth: 'instance',
        body: { type: 'object', description: `Export${signal}ServiceRequest of OTLP` },
        answers: { 200: 'Everything is durable, but for what `partialSuccess` counts' },
      }),
    },
    async (request, reply) =>
      answer(request, reply, signal, await receive(keyOf(request), signal, request.body)),
  )
}

function answer(
  request: FastifyRequest,
  reply: FastifyReply,
  signal: Signal,
  outcome: OtlpOutcome,
): FastifyReply {
  switch (outcome.kind) {
    case 'received':
      return sendReceived(request, reply, signal, outcome)
    case 'unreadable':
      return sendStatus(request, reply, {
        code: 'bad_request',
        message: `the body is no export request for ${signal}`,
      })
    case 'overloaded':
      return sendStatus(request, reply, {
        code: 'unavailable',
        message: 'more is waiting than can be stored now; try again',
      })
    case 'unavailable':
      reply.log.error({ cause: outcome.cause }, 'the store cannot take writes')
      reply.header('retry-after', '5')
      return sendStatus(request, reply, {
        code: 'unavailable',
        message: 'the store cannot take writes now; nothing was stored',
      })
  }
}

function inOtlpWords(refusal: AnswerableError): AnswerableError {
  return refusal.code === 'unsupported_media_type' && refusal.message.includes('content-type')
    ? { ...refusal, message: 'the body must be sent as application/json or application/x-protobuf' }
    : refusal
}
