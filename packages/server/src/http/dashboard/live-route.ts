import type { FastifyInstance, FastifyRequest } from 'fastify'

import { sendError } from '../error-answer.ts'
import { describeRoute } from '../openapi.ts'
import type { DashboardServices } from './dashboard-services.ts'

/** Bytes that may wait for a page that does not read; hints are some 30 bytes. */
const MAX_UNREAD_BYTES = 16 * 1024

/** `GET /v1/dashboard/events`: hints by server-sent events. */
export function liveRoute(app: FastifyInstance, { live, access }: DashboardServices): void {
  app.addHook('preClose', async () => live.close())

  app.get(
    '/v1/dashboard/events',
    {
      onRequest: access.requireRole,
      schema: describeRoute({
        summary: 'Hints that numbers or runs have changed, as server-sent events',
        tag: 'dashboard',
        auth: 'dashboard',
        answers: { 200: 'text/event-stream without end' },
        errors: [401, 503],
      }),
    },
    (request, reply) => {
      const stop = live.listen({
        send: (text) => {
          if (!isStillAllowed(request) || reply.raw.writableLength > MAX_UNREAD_BYTES) return false
          reply.raw.write(text)
          return true
        },
        end: () => void reply.raw.end(),
      })
      if (stop === undefined) {
        return sendError(reply, { code: 'unavailable', message: 'too many pages are listening; try again' })
      }

      reply.hijack()
      reply.raw.once('close', stop)
      reply.raw.writeHead(200, {
        'content-type': 'text/event-stream; charset=utf-8',
        'cache-control': 'no-store',
        'x-accel-buffering': 'no', // nginx would keep hints until it has a page of them
      })
      reply.raw.write('retry: 3000\n\n')
      return reply
    },
  )

  /** A session ends, or is ended, while its page listens. */
  function isStillAllowed(request: FastifyRequest): boolean {
    return access.roleOf(request) !== null
  }
}
