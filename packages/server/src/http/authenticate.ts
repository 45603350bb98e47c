import type { FastifyReply, FastifyRequest } from 'fastify'

import type { KeyRing } from '../auth/key-ring.ts'
import { sameSecret } from '../auth/secrets.ts'
import type { ApiKey } from '../storage/store.ts'
import { HttpError } from './error-answer.ts'
import { enforceRateLimit, type RateLimit } from './rate-limit.ts'

declare module 'fastify' {
  interface FastifyRequest {
    /** The key a request came with, on routes that ask for one. */
    apiKey: ApiKey | null
  }
}

/** Throws where a request may not go on. */
export type RequestCheck = (request: FastifyRequest, reply: FastifyReply) => void

/** A check as Fastify runs it. A promise for each would cost a microsecond. */
export type RequestHook = (request: FastifyRequest, reply: FastifyReply, done: () => void) => void

export function hookOf(check: RequestCheck): RequestHook {
  return (request, reply, done) => {
    check(request, reply)
    done()
  }
}

/**
 * Asks for an instance's key before the body is read, and counts the request against the key's limit. With
 * `isOptional` a request without any key passes and is counted against its address.
 */
export function requireKey(options: {
  readonly keys: KeyRing
  readonly rateLimit: RateLimit | undefined
  readonly nowMs: () => number
  readonly isOptional?: boolean
}): RequestHook {
  return hookOf((request, reply) => {
    const token = bearerToken(request)
    if (token === undefined && options.isOptional) {
      if (options.rateLimit !== undefined) enforceRateLimit(options.rateLimit, `address ${request.ip}`, reply)
      return
    }

    const key = token === undefined ? undefined : options.keys.authenticate(token, options.nowMs())
    if (key === undefined) {
      throw new HttpError({
        code: 'unauthenticated',
        message:
          token === undefined
            ? 'an API key is needed: send it as Authorization: Bearer <key>'
            : 'the API key is unknown, expired or revoked',
      })
    }
    if (options.rateLimit !== undefined) enforceRateLimit(options.rateLimit, `key ${key.keyId}`, reply)
    request.apiKey = key
  })
}

/** Asks for the token of the agent-run API where it has one, and counts the request against its address. */
export function requireRunToken(options: {
  readonly token: string | null
  readonly rateLimit: RateLimit | undefined
}): RequestHook {
  return hookOf((request, reply) => {
    if (options.rateLimit !== undefined) enforceRateLimit(options.rateLimit, `address ${request.ip}`, reply)
    if (options.token === null) return
    const token = bearerToken(request)
    if (token === undefined || !sameSecret(token, options.token)) {
      throw new HttpError({
        code: 'unauthenticated',
        message: 'the token of the agent-run API is missing or wrong',
      })
    }
  })
}

/** Asks for the admin token, or for an admin who is logged in. */
export function requireAdmin(
  adminToken: string | null,
  isAdminSession: (request: FastifyRequest) => boolean = () => false,
): RequestHook {
  return hookOf((request) => {
    if (adminToken === null) {
      throw new HttpError({
        code: 'unauthenticated',
        message: 'the admin API is closed: start the server with MOSAIC_TELEMETRY_ADMIN_TOKEN to open it',
      })
    }
    const token = bearerToken(request)
    if (token === undefined && isAdminSession(request)) return
    if (token === undefined || !sameSecret(token, adminToken)) {
      throw new HttpError({ code: 'unauthenticated', message: 'the admin token is missing or wrong' })
    }
  })
}

/** The key that `requireKey` has found. */
export function keyOf(request: FastifyRequest): ApiKey {
  if (request.apiKey === null)
    throw new HttpError({ code: 'unauthenticated', message: 'an API key is needed' })
  return request.apiKey
}

export function bearerToken(request: FastifyRequest): string | undefined {
  return /^Bearer +(\S+)$/i.exec(request.headers.authorization ?? '')?.[1]
}
