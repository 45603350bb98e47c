import type { FastifySchema } from 'fastify'

type Schema = { readonly [key: string]: unknown }

const ERROR_SCHEMA: Schema = {
  type: 'object',
  required: ['error', 'detail'],
  properties: {
    error: {
      type: 'object',
      required: ['code', 'message', 'details'],
      properties: {
        code: { type: 'string' },
        message: { type: 'string' },
        details: {
          type: 'array',
          items: { type: 'object', properties: { path: { type: 'string' }, message: { type: 'string' } } },
        },
      },
    },
    detail: {
      description: 'The message again, for clients of a FastAPI service; a list of fields with 422.',
    },
  },
}

/** What an error status means on every route. */
const ERRORS: Readonly<Record<number, string>> = {
  400: 'The body cannot be read',
  401: 'No key or token, or one that does not open this',
  403: 'The key belongs to another instance; nothing was stored',
  404: 'There is no such thing',
  409: 'It exists already',
  413: 'The body is over 1 MiB as sent or 8 MiB unpacked',
  415: 'The body is not application/json',
  422: 'A field is not as it must be; details name it',
  429: 'Too many requests; Retry-After says when to come back',
  503: 'The store cannot take writes now; nothing was stored. Retry-After says when to come back',
}

/**
 * Describes a route for the OpenAPI document. The description does not validate: bodies are checked by the same
 * tables that these schemas are made from, with messages written for people.
 */
export function describeRoute(route: {
  readonly summary: string
  readonly description?: string
  readonly tag: 'events' | 'predictions' | 'runs' | 'otlp' | 'admin' | 'dashboard' | 'operations'
  readonly auth?: 'instance' | 'runs' | 'admin' | 'dashboard'
  readonly body?: Schema
  readonly querystring?: Schema
  readonly answers: Readonly<Record<number, string>>
  readonly errors?: readonly number[]
}): FastifySchema {
  const answers = Object.entries(route.answers).map(([status, description]) => [status, { description }])
  const errors = (route.errors ?? []).map((status) => [
    status,
    { description: ERRORS[status], ...ERROR_SCHEMA },
  ])
  return {
    summary: route.summary,
    tags: [route.tag],
    ...(route.description !== undefined && { description: route.description }),
    ...(route.auth !== undefined && { security: [{ [route.auth]: [] }] }),
    ...(route.body !== undefined && { body: route.body }),
    ...(route.querystring !== undefined && { querystring: route.querystring }),
    response: Object.fromEntries([...answers, ...errors]) as Schema,
  }
}

/** The head of the OpenAPI document. */
export function openApiHead(version: string) {
  return {
    openapi: '3.1.0',
    info: {
      title: 'Mosaic Telemetry',
      version,
      description: 'Records finished coding-agent tasks and predicts what the next one will take.',
      license: { name: 'MPL-2.0', identifier: 'MPL-2.0' },
    },
    components: {
      securitySchemes: {
        instance: { type: 'http' as const, scheme: 'bearer', description: 'API key of an instance' },
        runs: {
          type: 'http' as const,
          scheme: 'bearer',
          description: 'Token of the agent-run API, where the server asks for one',
        },
        admin: {
          type: 'http' as const,
          scheme: 'bearer',
          description: 'MOSAIC_TELEMETRY_ADMIN_TOKEN of the server',
        },
        dashboard: {
          type: 'http' as const,
          scheme: 'bearer',
          description: 'Viewer or admin token, where the server has one; or the cookie of POST /login',
        },
      },
    },
  }
}

/** What a schema is called that several routes share: `TaskCompletionEvent`, since generated clients show the name. */
export function nameOfSchema(schema: Schema, _base: unknown, _fragment: string, index: number): string {
  const words = String(schema['title'] ?? `schema ${index}`).match(/[a-z0-9]+/gi) ?? []
  return words.map((word) => word.charAt(0).toUpperCase() + word.slice(1)).join('')
}
