import type { DashboardRole } from '@mosaicstack/telemetry-client/protocol'
import type { FastifyRequest } from 'fastify'

import { sameSecret } from '../../auth/secrets.ts'
import type { Session, Sessions, SessionRole } from '../../auth/sessions.ts'
import { bearerToken, type RequestHook } from '../authenticate.ts'
import { HttpError } from '../error-answer.ts'
import { isLoopbackAddress } from '../loopback.ts'
import { isLocalCaller } from '../operations.ts'
import { sessionIdOf } from './session-cookie.ts'

/** Who may see the dashboard, and who may administer through it. */
export interface DashboardAccess {
  /** Null where a login is needed. */
  roleOf(request: FastifyRequest): DashboardRole | null
  sessionOf(request: FastifyRequest): Session | undefined
  /** The role that a token opens. */
  roleOfToken(token: string): SessionRole | undefined
  /** Turns away whoever may not see the dashboard. */
  readonly requireRole: RequestHook
  /** Whether an admin is logged in, and the request is from our own page. */
  isAdminSession(request: FastifyRequest): boolean
}

export interface AccessSettings {
  readonly host: string
  readonly adminToken: string | null
  readonly viewerToken: string | null
}

export function dashboardAccess(settings: AccessSettings, sessions: Sessions): DashboardAccess {
  const { adminToken, viewerToken } = settings
  const asksNobody = isLoopbackAddress(settings.host) && adminToken === null && viewerToken === null

  const roleOfToken = (token: string): SessionRole | undefined => {
    if (adminToken !== null && sameSecret(token, adminToken)) return 'admin'
    return viewerToken !== null && sameSecret(token, viewerToken) ? 'viewer' : undefined
  }
  const sessionOf = (request: FastifyRequest) => {
    const id = sessionIdOf(request)
    return id === undefined ? undefined : sessions.find(id)
  }
  const roleOf = (request: FastifyRequest): DashboardRole | null => {
    const token = bearerToken(request)
    const role = (token === undefined ? undefined : roleOfToken(token)) ?? sessionOf(request)?.role
    // A proxy on this machine brings requests of others.
    return role ?? (asksNobody && isLocalCaller(request) ? 'open' : null)
  }

  return {
    roleOf,
    sessionOf,
    roleOfToken,
    async requireRole(request) {
      if (roleOf(request) !== null) return
      throw new HttpError({
        code: 'unauthenticated',
        message:
          adminToken === null && viewerToken === null
            ? 'the dashboard is closed: start the server with MOSAIC_TELEMETRY_VIEWER_TOKEN or MOSAIC_TELEMETRY_ADMIN_TOKEN to open it'
            : 'log in with the viewer or admin token, or send it as Authorization: Bearer <token>',
      })
    },
    isAdminSession(request) {
      if (sessionOf(request)?.role !== 'admin') return false
      if (request.method === 'GET' || request.method === 'HEAD' || isFromOurPage(request)) return true
      throw new HttpError({
        code: 'forbidden',
        message:
          'with a session, changes are made from the page of this server alone; scripts send the token',
      })
    },
  }
}

/** Browsers say where a change comes from. An `Origin` that is there was found to be ours (browser-guard.ts). */
export function isFromOurPage({ headers }: FastifyRequest): boolean {
  return headers.origin !== undefined || headers['sec-fetch-site'] === 'same-origin'
}
