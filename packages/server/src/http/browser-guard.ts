import type { FastifyInstance } from 'fastify'

import { HttpError } from './error-answer.ts'
import { isLoopbackAddress } from './loopback.ts'

/**
 * Keeps web pages away from a server that listens on loopback without a password: a page may neither reach it under
 * a name of its own (DNS rebinding: a foreign `Host`) nor call it from another site (a foreign `Origin`).
 */
export function guardAgainstBrowsers(
  app: FastifyInstance,
  options: { readonly host: string; readonly allowedHosts: readonly string[] },
): void {
  const allowed = new Set(options.allowedHosts.map((host) => host.toLowerCase()))
  const checksHost = isLoopbackAddress(options.host)

  const isOurs = (header: string | undefined) => {
    const host = hostName(header)
    return host !== undefined && (isLoopbackAddress(host) || allowed.has(host))
  }
  /** Nearly every request names the host that the one before it named. */
  let lastAllowed: string | undefined

  app.addHook('onRequest', (request, _, done) => {
    const { host } = request.headers
    if (checksHost && host !== lastAllowed && !isOurs(host)) {
      throw new HttpError({
        code: 'forbidden',
        message:
          'the Host header names another machine; to reach this server under that name, start it with --allowed-hosts',
      })
    }

    lastAllowed = host

    const { origin } = request.headers
    if (origin !== undefined && originHost(origin) !== host?.toLowerCase()) {
      throw new HttpError({
        code: 'forbidden',
        message: 'requests from web pages of other sites are refused',
      })
    }
    done()
  })
}

/** The name of a `Host` header without its port, in lower case. */
function hostName(header: string | undefined): string | undefined {
  const match = /^(\[[0-9a-f:.]+\]|[^:/\s]+)(?::\d+)?$/i.exec(header ?? '')
  return match?.[1]?.toLowerCase()
}

/** Host and port of an `Origin`, or nothing for `null` and what is no origin. */
function originHost(origin: string): string | undefined {
  return /^https?:\/\/([^/\s]+)$/i.exec(origin)?.[1]?.toLowerCase()
}
