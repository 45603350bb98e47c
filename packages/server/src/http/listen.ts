import type { AddressInfo } from 'node:net'

import type { FastifyInstance } from 'fastify'

import { ServerError } from '../server-error.ts'

/**
 * Opens the port.
 *
 * @returns the address to open, with the port that was really taken.
 * @throws ServerError where the address is in use or not this machine's.
 */
export async function listen(
  app: FastifyInstance,
  { host, port }: { host: string; port: number },
): Promise<string> {
  try {
    await app.listen({ host, port, listenTextResolver: (url) => `accepting requests at ${url}` })
  } catch (cause) {
    throw explain(cause as NodeJS.ErrnoException, host, port)
  }
  const { port: takenPort } = app.server.address() as AddressInfo
  return `http://${nameOf(host)}:${takenPort}`
}

function nameOf(host: string): string {
  if (host === '0.0.0.0' || host === '::') return 'localhost'
  return host.includes(':') ? `[${host}]` : host
}

function explain(cause: NodeJS.ErrnoException, host: string, port: number): Error {
  if (cause.code === 'EADDRINUSE') {
    return new ServerError('ADDRESS_IN_USE', `another program is listening on ${host}:${port}`, {
      hint: 'Stop it, or choose another --port (0 takes any free one).',
      cause,
    })
  }
  if (cause.code === 'EADDRNOTAVAIL' || cause.code === 'ENOTFOUND' || cause.code === 'EACCES') {
    return new ServerError('ADDRESS_UNAVAILABLE', `cannot listen on ${host}:${port}: ${cause.code}`, {
      hint: 'Choose an address of this machine with --host, and a port above 1023.',
      cause,
    })
  }
  return cause
}
