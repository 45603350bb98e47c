import fastifySwagger from '@fastify/swagger'
import { MAX_BODY_BYTES } from '@mosaicstack/telemetry-client/protocol'
import fastify, { LogController, type FastifyBaseLogger, type FastifyInstance } from 'fastify'

import { limitBodies } from './body-budget.ts'
import { acceptJsonBodies } from './body-parser.ts'
import { guardAgainstBrowsers } from './browser-guard.ts'
import { dashboardRoutes } from './dashboard/dashboard-routes.ts'
import { docsPage } from './docs-page.ts'
import { answerFor, sendError, type HttpError } from './error-answer.ts'
import { nameOfSchema, openApiHead } from './openapi.ts'
import { operationRoutes } from './operations.ts'
import { otlpReadRoutes } from './otlp/otlp-reads.ts'
import { otlpWriteRoutes } from './otlp/otlp-writes.ts'
import { runReadRoutes } from './runs/run-reads.ts'
import { runWriteRoutes } from './runs/run-writes.ts'
import type { Services } from './services.ts'
import { answerUnreadable } from './unreadable-request.ts'
import { adminRoutes } from './v1/admin.ts'
import { eventRoutes } from './v1/events.ts'
import { predictionRoutes } from './v1/predictions.ts'

export interface AppOptions {
  readonly logger: FastifyBaseLogger
  readonly host: string
  readonly allowedHosts: readonly string[]
  /** Beyond it a connection is closed at once. */
  readonly maxConnections: number
}

/** The HTTP side of the server: hooks in the order in which they refuse, then one module per API and version. */
export async function buildApp(services: Services, options: AppOptions): Promise<FastifyInstance> {
  const app: FastifyInstance = fastify({
    loggerInstance: options.logger,
    logController: new LogController({ disableRequestLogging: true }),
    // One logger for all requests: nothing is logged that would need a request's number, and a child costs 2 us.
    childLoggerFactory: (logger) => logger,
    bodyLimit: MAX_BODY_BYTES,
    // A slow sender may not hold a connection for ever.
    requestTimeout: 30_000,
    keepAliveTimeout: 75_000,
    forceCloseConnections: 'idle',
    return503OnClosing: false,
    frameworkErrors: (error, _, reply) => void sendError(reply as never, answerFor(error)),
    clientErrorHandler: answerUnreadable,
    routerOptions: { ignoreTrailingSlash: true, maxParamLength: 1000 },
  })

  // Schemas describe; the protocol's own tables validate, and answers are plain data.
  app.setValidatorCompiler(() => () => true)
  app.setSerializerCompiler(() => (data) => JSON.stringify(data))
  acceptJsonBodies(app)
  app.decorateRequest('apiKey', null)
  app.setErrorHandler<HttpError>((error, request, reply) => {
    const answer = answerFor(error as never)
    if (answer.code === 'internal')
      request.log.error({ err: error, route: request.routeOptions.url }, 'a request failed')
    return sendError(reply, answer)
  })
  app.setNotFoundHandler((request, reply) =>
    sendError(reply, {
      code: 'not_found',
      message: `there is no ${request.method} ${pathOf(request.url)}; see /docs`,
    }),
  )

  guardAgainstBrowsers(app, options)
  logAndMeasure(app, services)
  limitBodies(app, services.bodies, () => services.metrics.turnedAway('bodies_full'))
  app.server.maxConnections = options.maxConnections
  app.server.on('drop', () => services.metrics.turnedAway('connections_full'))

  await app.register(fastifySwagger, {
    openapi: openApiHead(services.version),
    refResolver: { buildLocalReference: nameOfSchema },
  })
  await app.register(async (routes) => {
    await routes.register(async (unread) => eventRoutes(unread, services))
    predictionRoutes(routes, services)
    adminRoutes(routes, services)
    runWriteRoutes(routes, services.runs)
    runReadRoutes(routes, services.runs)
    otlpWriteRoutes(routes, services.otlp)
    otlpReadRoutes(routes, services.otlp)
    operationRoutes(routes, services)
    await dashboardRoutes(routes, services)
    discoveryRoutes(routes)
  })
  await app.ready()
  return app
}

function discoveryRoutes(app: FastifyInstance): void {
  const schema = { hide: true } as object
  app.get('/openapi.json', { schema }, async () => app.swagger())
  app.get('/docs', { schema }, async (_, reply) =>
    reply
      .type('text/html; charset=utf-8')
      .header(
        'content-security-policy',
        "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'",
      )
      .send(docsPage(app.swagger() as never)),
  )
}

function logAndMeasure(app: FastifyInstance, { metrics }: Services): void {
  app.addHook('onResponse', (request, reply, done) => {
    const route = request.routeOptions.url ?? 'none'
    const ms = reply.elapsedTime
    metrics.requestAnswered(route, reply.statusCode, ms / 1000)
    // Neither headers nor bodies: a log holds no keys and nobody's data.
    request.log.debug({ method: request.method, route, status: reply.statusCode, ms }, 'answered')
    done()
  })
}

/** The path of a request, without what may be secret or long. */
function pathOf(url: string): string {
  return url.split('?', 1)[0]?.slice(0, 100) ?? ''
}
