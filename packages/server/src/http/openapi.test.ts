import { afterAll, beforeAll, expect, it } from 'vitest'

import { aServer, type TestServer, withoutKey } from '../testing/a-server.ts'
import { openApiProblems } from '../testing/open-api-problems.ts'

/** Every route of the contract, as it stands there. A new one belongs here too. */
const ROUTES = [
  'DELETE /v1/admin/instances/{id}',
  'DELETE /v1/admin/keys/{key_id}',
  'GET /api/v1/metadata',
  'GET /api/v1/runs',
  'GET /api/v1/runs/{event_id}',
  'GET /api/v1/runs/{event_id}/commit-url',
  'GET /api/v1/runs/{event_id}/events',
  'GET /api/v1/runs/{event_id}/repo-url',
  'GET /health',
  'GET /metrics',
  'GET /ready',
  'GET /v1/admin/instances',
  'GET /v1/admin/instances/{id}/keys',
  'GET /v1/dashboard/estimates',
  'GET /v1/dashboard/estimates.csv',
  'GET /v1/dashboard/events',
  'GET /v1/dashboard/filters',
  'GET /v1/dashboard/gates',
  'GET /v1/dashboard/gates.csv',
  'GET /v1/dashboard/health',
  'GET /v1/dashboard/health.csv',
  'GET /v1/dashboard/runs',
  'GET /v1/dashboard/runs.csv',
  'GET /v1/dashboard/runs/{event_id}',
  'GET /v1/dashboard/runs/{event_id}/events',
  'GET /v1/dashboard/session',
  'GET /v1/dashboard/spend',
  'GET /v1/dashboard/spend.csv',
  'GET /v1/dashboard/worth',
  'GET /v1/dashboard/worth.csv',
  'GET /v1/otlp/requests',
  'GET /v1/otlp/sessions',
  'GET /v1/predictions',
  'GET /v1/schema/task-completion-event.json',
  'PATCH /api/v1/runs/{event_id}',
  'POST /api/v1/runs',
  'POST /api/v1/runs/batch',
  'POST /api/v1/runs/{event_id}/associate-commit',
  'POST /api/v1/runs/{event_id}/events',
  'POST /login',
  'POST /logout',
  'POST /v1/admin/instances',
  'POST /v1/admin/instances/{id}/keys',
  'POST /v1/dashboard/forecast',
  'POST /v1/events',
  'POST /v1/events/batch',
  'POST /v1/logs',
  'POST /v1/metrics',
  'POST /v1/predictions/batch',
  'POST /v1/traces',
]

// Nothing here changes the server, so that one is enough.
let server: TestServer
beforeAll(async () => {
  server = await aServer()
})
afterAll(() => server[Symbol.asyncDispose]())

it('describes every route of the contract, and no other', async () => {
  const { body } = await server.get('/openapi.json', withoutKey)

  expect(
    operationsOf(body)
      .map(({ route }) => route)
      .sort(),
  ).toEqual(ROUTES)
})

it('answers on every route that it describes', async () => {
  const { body } = await server.get('/openapi.json')

  for (const { route } of operationsOf(body)) {
    const [method = '', path = ''] = route.split(' ')
    const response = await fetch(`${server.url}${path.replaceAll(/[{}]/g, '')}`, { method })

    const text = await response.text()
    expect(text, route).not.toContain('see /docs')
    expect(response.status, route).toBeLessThan(500)
  }
})

it('is a valid OpenAPI document', async () => {
  const { body } = await server.get('/openapi.json')

  expect(openApiProblems(body)).toEqual([])
  expect(Object.keys(body.components.schemas)).toContain('TaskCompletionEvent')
})

it('names a status for each error that a route can answer, with its shape', async () => {
  const { body } = await server.get('/openapi.json')

  const { responses } = body.paths['/v1/events/batch'].post

  expect(Object.keys(responses)).toEqual(['202', '400', '401', '403', '413', '415', '422', '429', '503'])
  expect(responses['503'].content['application/json'].schema.required).toEqual(['error', 'detail'])
})

it('shows the same to people, on a page that needs nothing from elsewhere', async () => {
  const { headers, body: page } = await server.get('/docs', withoutKey)

  expect(headers.get('content-type')).toBe('text/html; charset=utf-8')
  expect(headers.get('content-security-policy')).toContain("default-src 'none'")
  for (const route of ROUTES) expect(page).toContain(`<code>${route}</code>`)
  expect(page).not.toMatch(
    /<(script|link|img|iframe|object|embed)\b|@import|url\(|(src|href)="(https?:)?\/\//i,
  )
})

interface Operation {
  readonly route: string
}

function operationsOf(document: { paths: Record<string, Record<string, unknown>> }): Operation[] {
  return Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.keys(methods).map((method) => ({ route: `${method.toUpperCase()} ${path}` })),
  )
}
