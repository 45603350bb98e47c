import type { FastifyRequest } from 'fastify'

const NAME = 'mosaic_session'

/** The session id that a request brings. */
export function sessionIdOf({ headers }: FastifyRequest): string | undefined {
  return /(?:^|;\s*)mosaic_session=([0-9a-f]{64})(?:;|$)/.exec(headers.cookie ?? '')?.[1]
}

/**
 * The cookie of a session, for its lifetime. No script can read it and no other site's request carries it; over HTTPS, also
 * where a proxy speaks it for us, it is never sent without.
 */
export function sessionCookie(request: FastifyRequest, id: string, lastsMs: number): string {
  return cookie(request, id, Math.floor(lastsMs / 1000))
}

export function endedCookie(request: FastifyRequest): string {
  return cookie(request, '', 0)
}

function cookie(request: FastifyRequest, value: string, maxAgeSeconds: number): string {
  const secure = isHttps(request) ? '; Secure' : ''
  return `${NAME}=${value}; Path=/; Max-Age=${maxAgeSeconds}; HttpOnly; SameSite=Strict${secure}`
}

function isHttps({ headers, protocol }: FastifyRequest): boolean {
  const forwarded = headers['x-forwarded-proto']
  const named = /proto="?https/i.test(headers['forwarded'] ?? '')
  return protocol === 'https' || named || String(forwarded).split(',')[0]?.trim().toLowerCase() === 'https'
}
