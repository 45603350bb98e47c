import type { DashboardSession } from '@mosaicstack/telemetry-client/protocol'
import type { FastifyInstance, FastifyRequest } from 'fastify'

import { readObject } from '../envelope.ts'
import { HttpError } from '../error-answer.ts'
import { describeRoute } from '../openapi.ts'
import type { DashboardServices } from './dashboard-services.ts'
import { endedCookie, sessionCookie, sessionIdOf } from './session-cookie.ts'

const FORM = 'application/x-www-form-urlencoded'

/** `POST /login`, `POST /logout` and who is there. */
export async function loginRoutes(app: FastifyInstance, services: DashboardServices): Promise<void> {
  const { access, sessions, attempts, nowMs } = services
  app.addContentTypeParser(FORM, { parseAs: 'string' }, (_, body, done) =>
    done(null, Object.fromEntries(new URLSearchParams(String(body)))),
  )

  app.get(
    '/v1/dashboard/session',
    {
      schema: describeRoute({
        summary: 'Who is logged in',
        tag: 'dashboard',
        answers: { 200: 'DashboardSession; nobody is turned away' },
      }),
    },
    async (request, reply) => reply.header('cache-control', 'no-store').send(describeSession(request)),
  )

  app.post(
    '/login',
    {
      schema: describeRoute({
        summary: 'Exchange the admin or viewer token for a session cookie',
        tag: 'dashboard',
        body: { type: 'object', required: ['token'], properties: { token: { type: 'string' } } },
        answers: { 200: 'DashboardSession, with a cookie', 303: 'After a form: back to the page' },
        errors: [400, 401, 415, 422, 429],
      }),
    },
    async (request, reply) => {
      const isForm = request.headers['content-type']?.startsWith(FORM) === true
      const waitMs = attempts.waitMs(request.ip)
      if (waitMs > 0) {
        reply.header('retry-after', Math.ceil(waitMs / 1000))
        throw new HttpError({
          code: 'rate_limited',
          message: 'too many wrong tokens; try again after the seconds in Retry-After',
        })
      }
      const { token } = readObject(request.body)
      const role = typeof token === 'string' ? access.roleOfToken(token) : undefined
      if (role === undefined) {
        attempts.noteWrong(request.ip)
        if (isForm) return reply.redirect('/?login=failed', 303)
        throw new HttpError({ code: 'unauthenticated', message: 'this token opens nothing here' })
      }

      const { id, session } = sessions.begin(role)
      reply.header('set-cookie', sessionCookie(request, id, session.expiresAtMs - nowMs()))
      reply.header('cache-control', 'no-store')
      if (isForm) return reply.redirect('/', 303)
      return {
        role,
        can_administer: role === 'admin',
        expires_at: new Date(session.expiresAtMs).toISOString(),
      } satisfies DashboardSession
    },
  )

  app.post(
    '/logout',
    {
      schema: describeRoute({
        summary: 'End the session',
        tag: 'dashboard',
        answers: { 204: 'It is over' },
      }),
    },
    async (request, reply) => {
      const id = sessionIdOf(request)
      if (id !== undefined) sessions.end(id)
      return reply.header('set-cookie', endedCookie(request)).code(204).send()
    },
  )

  function describeSession(request: FastifyRequest): DashboardSession {
    const session = access.sessionOf(request)
    const role = access.roleOf(request)
    return {
      role,
      can_administer: role === 'admin',
      expires_at: session === undefined ? null : new Date(session.expiresAtMs).toISOString(),
    }
  }
}
