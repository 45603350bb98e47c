import { eventJsonSchema } from '@mosaicstack/telemetry-client/protocol'
import type { FastifyInstance, FastifyRequest } from 'fastify'

import { sendError } from './error-answer.ts'
import { isLoopbackAddress } from './loopback.ts'
import { describeRoute } from './openapi.ts'
import type { Services } from './services.ts'

/** Discovery and operations: what monitors and curious people ask. */
export function operationRoutes(app: FastifyInstance, services: Services): void {
  app.get(
    '/health',
    {
      schema: describeRoute({
        summary: 'Is it alive, and can it store',
        tag: 'operations',
        answers: { 200: 'Yes' },
        errors: [503],
      }),
    },
    async (request, reply) => {
      const storage = await storageState(services, request)
      return reply.code(storage.status === 'ok' ? 200 : 503).send({
        status: storage.status,
        version: services.version,
        storage: storage.details,
        ...storage.details,
      })
    },
  )

  app.get(
    '/ready',
    {
      schema: describeRoute({
        summary: 'May it be sent requests',
        tag: 'operations',
        answers: { 200: 'Yes' },
        errors: [503],
      }),
    },
    async (_, reply) => {
      const isReady = await services.store.status().then(
        () => true,
        () => false,
      )
      return isReady
        ? { status: 'ready' }
        : sendError(reply, { code: 'unavailable', message: 'the store does not answer' })
    },
  )

  app.get(
    '/metrics',
    {
      schema: describeRoute({
        summary: 'Counters: JSON about agent runs, or everything for Prometheus',
        description:
          'Prometheus text where the Accept header names text/plain or application/openmetrics-text.',
        tag: 'operations',
        answers: { 200: 'JSON, or Prometheus text' },
      }),
    },
    async (request, reply) => {
      const { registry } = services.metrics
      const wantsPrometheus = /text\/plain|application\/openmetrics-text/.test(request.headers.accept ?? '')
      if (wantsPrometheus) return reply.type(registry.contentType).send(await registry.metrics())
      services.runs.requireRunToken(request, reply, () => {})
      return { ...(await services.runs.metadata.statistics()), performance: services.metrics.performance() }
    },
  )

  app.get(
    '/v1/schema/task-completion-event.json',
    {
      schema: describeRoute({
        summary: 'JSON Schema of an event',
        tag: 'operations',
        answers: { 200: 'JSON Schema 2020-12' },
      }),
    },
    async (_, reply) => reply.type('application/schema+json').send(JSON.stringify(eventJsonSchema())),
  )
}

/** The state of the store; the path of its file only for a caller on this machine. */
async function storageState({ store }: Services, request: FastifyRequest) {
  try {
    const status = await store.status()
    return {
      status: 'ok',
      details: {
        engine: status.engine,
        size_bytes: status.sizeBytes,
        journal_mode: status.journalMode,
        synchronous: status.synchronous,
        ...(isLocalCaller(request) && status.path !== null ? { db_path: status.path } : {}),
      },
    }
  } catch {
    return { status: 'unavailable', details: { engine: store.engine } }
  }
}

/** On this machine, and not through a proxy that runs here for others. */
export function isLocalCaller({ ip, headers }: FastifyRequest): boolean {
  const isForwarded = headers['x-forwarded-for'] !== undefined || headers['forwarded'] !== undefined
  return isLoopbackAddress(ip) && !isForwarded
}
