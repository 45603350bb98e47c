import { createHash } from 'node:crypto'
import { createServer, type Server } from 'node:http'

import type { BatchEventResponse } from '@mosaicstack/telemetry-client/protocol'

import type { EventRequest } from '../ingest/event-request.ts'
import { apiKeyOf, INSTANCES, instanceIdOf } from '../ingest/population.ts'
import {
  BodyBudget,
  buildApp,
  createLogger,
  KeyRing,
  requireKey,
  requireRoom,
  serverMetrics,
} from '../ingest/server-internals.ts'
import { InMemoryConnection } from './in-memory-connection.ts'

/** `node:http` that reads each request to its end and answers at once. */
export function plainServer(): Server {
  return createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      Buffer.concat(chunks)
      response.writeHead(202, { 'content-type': 'application/json', 'content-length': 2 }).end('{}')
    })
  })
}

/** The real app with an ingest that has nothing to do. */
export async function realApp(keys: ReturnType<typeof emptyKeyRing>): Promise<Server> {
  const response: BatchEventResponse = {
    accepted: 1,
    rejected: 0,
    results: [{ event_id: '', status: 'accepted', error: null }],
  }
  const services = {
    ingest: { plain: async () => ({ kind: 'answered', response }) },
    metrics: serverMetrics(noSources),
    requireKey: requireKey({ keys, rateLimit: undefined, nowMs: Date.now }),
    requireRoom: requireRoom({ isFull: false }, () => {}),
    bodies: new BodyBudget(Infinity),
    runs: {},
    otlp: {},
    dashboard: { access: {}, live: { close() {} }, directory: 'nowhere' },
  }
  const options = { logger: createLogger('info'), host: '127.0.0.1', allowedHosts: [], maxConnections: 1000 }
  return (await buildApp(services as never, options)).server
}

/** Sends one request after the other, each when the one before is answered. */
export async function sendAll(server: Server, requests: readonly EventRequest[]): Promise<void> {
  const connection = new InMemoryConnection(server)
  for (const request of requests) await connection.send(request.renew())
  connection.close()
}

/** The keys of the whole population. */
export async function aKeyRing(): Promise<InstanceType<typeof KeyRing>> {
  const all = Array.from({ length: INSTANCES }, (_, instance) => ({
    keyId: String(instance),
    instanceId: instanceIdOf(instance),
    instanceNo: instance + 1,
    sha256: createHash('sha256').update(apiKeyOf(instance)).digest(),
    expiresAtMs: null,
    revokedAtMs: null,
    changeNo: instance + 1,
  }))
  const keys = emptyKeyRing(async () => all)
  await keys.refresh()
  return keys
}

function emptyKeyRing(keysChangedSince: () => Promise<readonly object[]>): InstanceType<typeof KeyRing> {
  return new KeyRing({ keysChangedSince } as never)
}

export const noSources = {
  waitingEvents: () => 0,
  bodyBytesUnderWay: () => 0,
  unsavedEvents: () => 0,
  forecastLagMs: () => 0,
  storeSizeBytes: async () => 0,
  calibration: () => [],
  setAside: () => 0,
  shareViolations: () => 0,
  notPredicted: () => ({}),
}
